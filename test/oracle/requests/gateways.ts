/** Upstreams that answer over FastCGI, SCGI and uwsgi with the parameters they received. */
import { createServer, type Socket } from "node:net";

export type Parameters = readonly (readonly [name: string, value: string])[];

export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

/** The parameters of a request once all of them are there; null before. */
type Reader = (bytes: Buffer) => Parameters | null;

const ANSWER = "Status: 200 OK\r\nContent-Type: application/json\r\nX-Pad: pad\r\n\r\n";

export function startFastcgi(): Promise<Gateway> {
  return start(readFastcgi, (socket, body) => {
    socket.write(record(6, Buffer.from(ANSWER + body)));
    socket.write(record(6, Buffer.alloc(0)));
    socket.end(record(3, Buffer.alloc(8)));
  });
}

export function startScgi(): Promise<Gateway> {
  return start(readScgi, (socket, body) => socket.end(ANSWER + body));
}

export function startUwsgi(): Promise<Gateway> {
  return start(readUwsgi, (socket, body) => socket.end(ANSWER + body));
}

async function start(read: Reader, answer: (socket: Socket, body: string) => void): Promise<Gateway> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    let isAnswered = false;
    socket.on("error", () => socket.destroy());
    socket.on("data", (data: Buffer) => {
      received = Buffer.concat([received, data]);
      const parameters = isAnswered ? null : read(received);
      if (parameters === null) return;
      isAnswered = true;
      answer(socket, JSON.stringify(parameters));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

function record(type: number, content: Buffer): Buffer {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 0xff, 0, 0]);
  return Buffer.concat([head, content]);
}

function readFastcgi(bytes: Buffer): Parameters | null {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const type = bytes.readUInt8(at + 1);
    const length = bytes.readUInt16BE(at + 4);
    const end = at + 8 + length + bytes.readUInt8(at + 6);
    if (end > bytes.length) return null;
    if (type === 4 && length === 0) return readPairs(Buffer.concat(parts));
    if (type === 4) parts.push(bytes.subarray(at + 8, at + 8 + length));
    at = end;
  }
  return null;
}

function readPairs(bytes: Buffer): Parameters {
  const pairs: [string, string][] = [];
  let at = 0;
  const length = () => {
    const first = bytes.readUInt8(at);
    const isLong = first > 127;
    const value = isLong ? bytes.readUInt32BE(at) & 0x7fffffff : first;
    at += isLong ? 4 : 1;
    return value;
  };
  const text = (size: number) => {
    at += size;
    return bytes.toString("latin1", at - size, at);
  };
  while (at < bytes.length) {
    const [nameLength, valueLength] = [length(), length()];
    const name = text(nameLength);
    pairs.push([name, text(valueLength)]);
  }
  return pairs;
}

function readScgi(bytes: Buffer): Parameters | null {
  const colon = bytes.indexOf(":");
  if (colon < 0) return null;
  const length = Number(bytes.toString("latin1", 0, colon));
  if (bytes.length < colon + 1 + length + 1) return null;
  const words = bytes.toString("latin1", colon + 1, colon + length).split("\0");
  return words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ""] as const] : []));
}

function readUwsgi(bytes: Buffer): Parameters | null {
  if (bytes.length < 4 || bytes.length < 4 + bytes.readUInt16LE(1)) return null;
  const end = 4 + bytes.readUInt16LE(1);
  const pairs: [string, string][] = [];
  let at = 4;
  const text = () => {
    const size = bytes.readUInt16LE(at);
    at += 2 + size;
    return bytes.toString("latin1", at - size, at);
  };
  while (at < end) {
    const name = text();
    pairs.push([name, text()]);
  }
  return pairs;
}
