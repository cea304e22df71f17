export { acmeName, acmeWebroots } from "./acme.ts";
export type { Assumptions } from "./assumptions.ts";
export { isPublicName, isWebSocketOnly, type PassTarget, proxiedBy } from "./backend.ts";
export {
  type Answer,
  type AnswerDifference,
  AnswersBefore,
  type Comparison,
  type ComparisonOptions,
  compareTrees,
  tellDifferences,
} from "./comparison.ts";
export { type DangerousFolder, dangerousFolders } from "./dangerous-folders.ts";
export {
  DJANGO_FILES,
  type DjangoFiles,
  djangoEvidence,
  givesOutAssets,
  isForDjangoFiles,
  itemsOfFiles,
} from "./django.ts";
export { isForDownloads } from "./downloads.ts";
export { Edge } from "./edge.ts";
export type { Endpoint, EndpointKind } from "./endpoints.ts";
export { isCalledFiles } from "./file-names.ts";
export { isCorsHeader, PAGE_GUARDS, SECURITY_HEADERS, SINGLE_HEADERS } from "./header-names.ts";
export { healthChecks, isHealthCheck } from "./health-checks.ts";
export { takesLargeBodies, takesUploads } from "./large-bodies.ts";
export type { LateGuard } from "./late-guards.ts";
export {
  isActuator,
  isCalledMetrics,
  isExporter,
  isNamedForMetrics,
  type MetricsEndpoint,
  mayBeForMetrics,
  mayMeanMetrics,
  speaksOf,
} from "./metrics.ts";
export { packagedRoot } from "./packaged-site.ts";
export type { PageAnswer } from "./page-answers.ts";
export { isTypeKnown, PAGE_FILES, type PageFile, pageUris } from "./page-files.ts";
export { pageContexts } from "./pages.ts";
export { type AccelTarget, accelTargets, internalFolder } from "./protected-files.ts";
export { needsRawPath } from "./raw-paths.ts";
export { mayHoldProject, servedTrees } from "./served-trees.ts";
export { type ApplicationPass, Site } from "./site.ts";
export { type App, appsOf, relativeFallbacks } from "./spa/apps.ts";
export type { Evidence } from "./spa/evidence.ts";
export { type Fallback, fallbackOf } from "./spa/fallback.ts";
export {
  type Asset,
  askWithoutFiles,
  assetsOf,
  placeOf,
  type ServedApp,
} from "./spa/served-apps.ts";
export { eventStream, isPiecemeal } from "./streams.ts";
export { isMeantFor, type TakenRequest, TakenRequests } from "./taken-requests.ts";
export { holdsUploads } from "./uploads.ts";
export { candidatesFor, isForFiles, type Tail } from "./usual-requests.ts";
export { type WebSocketPlace, webSocketPlace } from "./web-sockets.ts";
