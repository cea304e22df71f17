/** The site that comes with the packages of nginx. */
import type { Context, Statement, VirtualServer } from "../semantics/index.ts";

/** Folders that packages bring with their welcome page in it. */
const WELCOME =
  /^(?:html|\/var\/www\/html|\/usr\/share\/nginx\/(?:html|www)|\/etc\/nginx\/html|\/usr\/local\/(?:www\/nginx(?:-dist)?|nginx\/html)|\/var\/lib\/nginx\/html|\/srv\/www\/htdocs|\/opt\/homebrew\/var\/www)\/?$/;

/** The folder of its welcome page, where a server holds nothing but what packages write; null for any other server. */
export function packagedRoot({ context }: VirtualServer): string | null {
  if (context.incomplete || !context.statements.every(isPackagedStatement)) return null;
  const catchAll = context.all("location").find(({ args }) => args.join(" ") === "/");
  const [path = ""] = (catchAll?.block?.last("root") ?? context.last("root"))?.args ?? [];
  return WELCOME.test(path) ? path : null;
}

function isPackagedStatement({ name, args, block }: Statement): boolean {
  switch (name) {
    case "listen":
      return /^(?:\[::\]:|\*:)?80(?:80)?$/.test(args[0] ?? "") && args.slice(1).every(isPackagedOption);
    case "server_name":
      return args.every((text) => text === "_" || text === "localhost" || text === "");
    case "root":
    case "index":
      return true;
    case "error_page":
      return /^\/(?:50x|404)\.html$/.test(args.at(-1) ?? "");
    case "location":
      return block !== null && !block.incomplete && isPackagedLocation(args.join(" "), block);
    default:
      return false;
  }
}

function isPackagedOption(option: string): boolean {
  return option === "default_server" || option.startsWith("ipv6only=");
}

function isPackagedLocation(title: string, block: Context): boolean {
  if (title !== "/" && !/^= ?\/(?:50x|404|40x)\.html$/.test(title)) return false;
  return block.statements.every(({ name, args }) => {
    switch (name) {
      case "root":
        return WELCOME.test(args[0] ?? "");
      case "index":
        return true;
      case "try_files":
        return args.at(-1) === "=404";
      default:
        return false;
    }
  });
}
