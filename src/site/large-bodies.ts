/** Places that large bodies are sent to. */
import { askedOnce } from "../lists/index.ts";
import type { Place, VirtualServer } from "../semantics/index.ts";

const UPLOADS =
  /(^|[/_.\-^(|])(uploads?|uploader|import|attachments?|file-?upload|upload-?files?|photos?|documents?)([/_.\-$(|)?]|$)/i;

/** Programs whose whole purpose are large bodies: registries, stores, repositories, file sharing. */
const STORES =
  /registry|docker|nexus|artifactory|harbor|gitlab|gitea|forgejo|\bgit\b|minio|\bs3\b|nextcloud|owncloud|seafile|webdav|\bdav\b|immich|photoprism|jellyfin|plex|emby|sonarr|radarr|backup|restic|tus|ollama|jupyter|portainer|proxmox|synology|collabora|onlyoffice/i;

/** Users send files there, by its name. */
export function takesUploads({ location }: Place): boolean {
  return location !== null && UPLOADS.test(location.pattern);
}

/** What stands behind takes bodies without end, by the names around. */
export function takesLargeBodies({ location, handler, server }: Place): boolean {
  const names = [
    location?.pattern ?? "",
    handler.kind === "pass" ? handler.target : "",
    ...(server?.server.names.map(({ text }) => text) ?? []),
  ];
  return (server !== null && isRegistry(server)) || names.some((name) => STORES.test(name));
}

/** It has the API of a registry for images: its other locations belong to the same program. */
const isRegistry = askedOnce((server: VirtualServer): boolean =>
  server.locations.some(({ pattern }) => /^\/v2\/?$/.test(pattern)),
);
