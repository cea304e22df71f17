/** Code units that mean something to nginx, or to those who write its files. */
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const DOLLAR = 0x24;
export const PERCENT = 0x25;
export const QUOTE = 0x27;
export const SEMICOLON = 0x3b;
export const LESS_THAN = 0x3c;
export const AT = 0x40;
export const BACKSLASH = 0x5c;
export const UNDERSCORE = 0x5f;
export const LEFT_BRACE = 0x7b;
export const RIGHT_BRACE = 0x7d;
