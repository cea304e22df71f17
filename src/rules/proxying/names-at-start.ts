/** Names that nginx looks up when it starts. */

/** It is a name, and no address, socket or this machine. */
export function isLookedUpOnce(host: string): boolean {
  if (host === "" || host === "localhost" || host === "unix" || host.startsWith("[") || host.includes("{"))
    return false;
  return (
    /^[0-9_.-]*[a-z][a-z0-9_.-]*$/.test(host) && !/^[\d.]+$/.test(host) && host !== "host.docker.internal"
  );
}

/** Load balancers whose addresses their provider changes without notice. */
export function movesOften(host: string): boolean {
  return /\.(elb(\.[a-z0-9-]+)?\.amazonaws\.com|cloudfront\.net|herokuapp\.com|herokudns\.com|azurefd\.net|trafficmanager\.net)$/.test(
    host,
  );
}
