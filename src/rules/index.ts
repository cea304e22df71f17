/** The catalogue: one line a rule. */

import accessRulesInheritance from "./access/access-rules-inheritance.ts";
import allowWithoutDeny from "./access/allow-without-deny.ts";
import denyBeforeAllow from "./access/deny-before-allow.ts";
import guardComesTooLate from "./access/guard-comes-too-late.ts";
import metricsUnprotected from "./access/metrics-unprotected.ts";
import realIpHeaderUnset from "./access/real-ip-header-unset.ts";
import realIpTrustsEveryone from "./access/real-ip-trusts-everyone.ts";
import returnBypassesAccess from "./access/return-bypasses-access.ts";
import satisfyAnyOpen from "./access/satisfy-any-open.ts";
import secureLinkBypass from "./access/secure-link-bypass.ts";
import statusPageExposed from "./access/status-page-exposed.ts";
import validReferersNone from "./access/valid-referers-none.ts";
import advisory from "./advisories/advisory.ts";
import addHeaderInheritance from "./headers/add-header-inheritance.ts";
import cacheControlConflict from "./headers/cache-control-conflict.ts";
import contentTypeByAddHeader from "./headers/content-type-by-add-header.ts";
import corsCredentialsWildcard from "./headers/cors-credentials-wildcard.ts";
import corsOriginRegex from "./headers/cors-origin-regex.ts";
import cspMissing from "./headers/csp-missing.ts";
import duplicateHeader from "./headers/duplicate-header.ts";
import headerMultiline from "./headers/header-multiline.ts";
import headerNameTypo from "./headers/header-name-typo.ts";
import headerWeakValue from "./headers/header-weak-value.ts";
import headerWithoutAlways from "./headers/header-without-always.ts";
import hstsMissing from "./headers/hsts-missing.ts";
import hstsWeak from "./headers/hsts-weak.ts";
import httpSplitting from "./headers/http-splitting.ts";
import nosniffMissing from "./headers/nosniff-missing.ts";
import permissionsPolicyMissing from "./headers/permissions-policy-missing.ts";
import referrerPolicyMissing from "./headers/referrer-policy-missing.ts";
import serverTokens from "./headers/server-tokens.ts";
import xFrameOptionsMissing from "./headers/x-frame-options-missing.ts";
import authRateNotStricter from "./limits/auth-rate-not-stricter.ts";
import limitReqStatus from "./limits/limit-req-status.ts";
import limitZoneUnused from "./limits/limit-zone-unused.ts";
import rateLimitMissing from "./limits/rate-limit-missing.ts";
import regexRedos from "./limits/regex-redos.ts";
import errorLogOff from "./logs/error-log-off.ts";
import logInheritance from "./logs/log-inheritance.ts";
import logInjection from "./logs/log-injection.ts";
import logJson from "./logs/log-json.ts";
import logJsonEscape from "./logs/log-json-escape.ts";
import logRequestTime from "./logs/log-request-time.ts";
import gzipDisabled from "./performance/gzip-disabled.ts";
import gzipTypes from "./performance/gzip-types.ts";
import gzipTypesBinary from "./performance/gzip-types-binary.ts";
import keepaliveRequestsLow from "./performance/keepalive-requests-low.ts";
import keepaliveTimeout from "./performance/keepalive-timeout.ts";
import sendfile from "./performance/sendfile.ts";
import tcpNodelay from "./performance/tcp-nodelay.ts";
import tcpNopush from "./performance/tcp-nopush.ts";
import workerLimits from "./performance/worker-limits.ts";
import workerProcesses from "./performance/worker-processes.ts";
import apiErrorsBecomeHtml from "./proxying/api-errors-become-html.ts";
import authRequestBody from "./proxying/auth-request-body.ts";
import bodySize from "./proxying/body-size.ts";
import cacheKeyPoisoning from "./proxying/cache-key-poisoning.ts";
import directiveWithoutEffect from "./proxying/directive-without-effect.ts";
import eventStreamBuffered from "./proxying/event-stream-buffered.ts";
import fastcgiParamInheritance from "./proxying/fastcgi-param-inheritance.ts";
import fastcgiScriptFilename from "./proxying/fastcgi-script-filename.ts";
import forwardedHeaderPassthrough from "./proxying/forwarded-header-passthrough.ts";
import healthCheckProtected from "./proxying/health-check-protected.ts";
import hostHeaderSpoofing from "./proxying/host-header-spoofing.ts";
import ipv6ListenMismatch from "./proxying/ipv6-listen-mismatch.ts";
import limitsBehindProxy from "./proxying/limits-behind-proxy.ts";
import missingProxyHeaders from "./proxying/missing-proxy-headers.ts";
import missingXForwardedProto from "./proxying/missing-x-forwarded-proto.ts";
import proxyBufferingOff from "./proxying/proxy-buffering-off.ts";
import proxyCachePrivate from "./proxying/proxy-cache-private.ts";
import proxyHeaderInheritance from "./proxying/proxy-header-inheritance.ts";
import proxyPassNormalized from "./proxying/proxy-pass-normalized.ts";
import proxyPassSlash from "./proxying/proxy-pass-slash.ts";
import proxyPathTraversal from "./proxying/proxy-path-traversal.ts";
import proxySslVerify from "./proxying/proxy-ssl-verify.ts";
import proxyVariableWithoutResolver from "./proxying/proxy-variable-without-resolver.ts";
import resolverExternal from "./proxying/resolver-external.ts";
import ssrf from "./proxying/ssrf.ts";
import staleDnsCache from "./proxying/stale-dns-cache.ts";
import subFilterCompressed from "./proxying/sub-filter-compressed.ts";
import thirdPartyGetsCookies from "./proxying/third-party-gets-cookies.ts";
import tryFilesWithProxy from "./proxying/try-files-with-proxy.ts";
import upstreamKeepaliveIneffective from "./proxying/upstream-keepalive-ineffective.ts";
import upstreamKeepaliveMissing from "./proxying/upstream-keepalive-missing.ts";
import upstreamServerNoResolve from "./proxying/upstream-server-no-resolve.ts";
import websocketMissingUpgrade from "./proxying/websocket-missing-upgrade.ts";
import websocketTimeout from "./proxying/websocket-timeout.ts";
import acmeChallengeBlocked from "./routing/acme-challenge-blocked.ts";
import aliasSlashMismatch from "./routing/alias-slash-mismatch.ts";
import aliasTraversal from "./routing/alias-traversal.ts";
import autoindexEnabled from "./routing/autoindex-enabled.ts";
import captureOverwritten from "./routing/capture-overwritten.ts";
import conditionAlways from "./routing/condition-always.ts";
import dangerousRoot from "./routing/dangerous-root.ts";
import defaultServerImplicit from "./routing/default-server-implicit.ts";
import defaultSiteEnabled from "./routing/default-site-enabled.ts";
import djangoStaticServedBy from "./routing/django-static-served-by.ts";
import errorPageInheritance from "./routing/error-page-inheritance.ts";
import hashWithoutDefault from "./routing/hash-without-default.ts";
import hiddenFilesExposed from "./routing/hidden-files-exposed.ts";
import ifHostRedirect from "./routing/if-host-redirect.ts";
import ifIsEvil from "./routing/if-is-evil.ts";
import internalMissing from "./routing/internal-missing.ts";
import internalRedirectLoop from "./routing/internal-redirect-loop.ts";
import listen443WithoutSsl from "./routing/listen-443-without-ssl.ts";
import listenHostname from "./routing/listen-hostname.ts";
import locationNeverMatches from "./routing/location-never-matches.ts";
import locationShadowed from "./routing/location-shadowed.ts";
import locationUnreachable from "./routing/location-unreachable.ts";
import mediaExecutableAllowed from "./routing/media-executable-allowed.ts";
import mimeTypesLost from "./routing/mime-types-lost.ts";
import openRedirect from "./routing/open-redirect.ts";
import phpUncontrolled from "./routing/php-uncontrolled.ts";
import prefixWithoutBoundary from "./routing/prefix-without-boundary.ts";
import redirectLeaksPort from "./routing/redirect-leaks-port.ts";
import redirectLoop from "./routing/redirect-loop.ts";
import redirectLosesPath from "./routing/redirect-loses-path.ts";
import redirectToServerName from "./routing/redirect-to-server-name.ts";
import regexRange from "./routing/regex-range.ts";
import regexUnanchoredExtension from "./routing/regex-unanchored-extension.ts";
import regexUnescapedDot from "./routing/regex-unescaped-dot.ts";
import rootInLocation from "./routing/root-in-location.ts";
import rootPathDuplication from "./routing/root-path-duplication.ts";
import scriptExtensionsExposed from "./routing/script-extensions-exposed.ts";
import scriptSentAsSource from "./routing/script-sent-as-source.ts";
import serverNameSuspicious from "./routing/server-name-suspicious.ts";
import spaFallbackForAssets from "./routing/spa-fallback-for-assets.ts";
import spaIndexCached from "./routing/spa-index-cached.ts";
import spaMissingTryFiles from "./routing/spa-missing-try-files.ts";
import staticAssetsNotCached from "./routing/static-assets-not-cached.ts";
import taxingRewrite from "./routing/taxing-rewrite.ts";
import tryFilesFallback from "./routing/try-files-fallback.ts";
import unnamedCaptureInMap from "./routing/unnamed-capture-in-map.ts";
import unusedDefinition from "./routing/unused-definition.ts";
import variableMixedCase from "./routing/variable-mixed-case.ts";
import type { Rule } from "./rule.ts";
import missingSuppressionReason from "./suppressions/missing-suppression-reason.ts";
import unknownRule from "./suppressions/unknown-rule.ts";
import unusedSuppression from "./suppressions/unused-suppression.ts";
import ecdhCurvePostQuantum from "./tls/ecdh-curve-post-quantum.ts";
import http2Disabled from "./tls/http2-disabled.ts";
import http2ListenParameter from "./tls/http2-listen-parameter.ts";
import http2MisdirectedRequest from "./tls/http2-misdirected-request.ts";
import httpsRedirectMissing from "./tls/https-redirect-missing.ts";
import ocspStapling from "./tls/ocsp-stapling.ts";
import ocspStaplingLetsencrypt from "./tls/ocsp-stapling-letsencrypt.ts";
import quicBpfReuseport from "./tls/quic-bpf-reuseport.ts";
import tlsCiphersTls13 from "./tls/tls-ciphers-tls13.ts";
import tlsDeprecatedProtocols from "./tls/tls-deprecated-protocols.ts";
import tlsSessionCache from "./tls/tls-session-cache.ts";
import tlsWeakCiphers from "./tls/tls-weak-ciphers.ts";
import conflictingServerName from "./validity/conflicting-server-name.ts";
import deprecatedDirective from "./validity/deprecated-directive.ts";
import directiveArguments from "./validity/directive-arguments.ts";
import directiveContext from "./validity/directive-context.ts";
import directiveVersion from "./validity/directive-version.ts";
import duplicateDefinition from "./validity/duplicate-definition.ts";
import duplicateDirective from "./validity/duplicate-directive.ts";
import duplicateListen from "./validity/duplicate-listen.ts";
import duplicateLocation from "./validity/duplicate-location.ts";
import hashBucketSize from "./validity/hash-bucket-size.ts";
import invalidRegex from "./validity/invalid-regex.ts";
import locationNesting from "./validity/location-nesting.ts";
import missingEvents from "./validity/missing-events.ts";
import missingInclude from "./validity/missing-include.ts";
import proxyPassUriInRegex from "./validity/proxy-pass-uri-in-regex.ts";
import rootAndAlias from "./validity/root-and-alias.ts";
import sslWithoutCertificate from "./validity/ssl-without-certificate.ts";
import syntax from "./validity/syntax.ts";
import tooLongParameter from "./validity/too-long-parameter.ts";
import undefinedNamedLocation from "./validity/undefined-named-location.ts";
import undefinedReference from "./validity/undefined-reference.ts";
import undefinedVariable from "./validity/undefined-variable.ts";
import unknownDirective from "./validity/unknown-directive.ts";

export { contextFor } from "./context.ts";
export type {
  Anchor,
  Assumptions,
  Category,
  Confidence,
  ConfigurationRule,
  Detail,
  Edit,
  Fix,
  OptionSchema,
  Preset,
  Range,
  RelatedPlace,
  Report,
  Rule,
  RuleContext,
  RuleDocs,
  ServerRule,
  ServerRuleContext,
  Severity,
  Unmet,
  Untold,
  Witness,
} from "./rule.ts";
export { askRule, defineRule } from "./rule.ts";
export { missingSuppressionReason, unknownRule, unusedSuppression };

/** All rules, by chapter. */
export const RULES: readonly Rule[] = [
  // validity
  syntax,
  directiveVersion,
  deprecatedDirective,
  duplicateDirective,
  directiveArguments,
  directiveContext,
  unknownDirective,
  missingInclude,
  invalidRegex,
  undefinedReference,
  undefinedVariable,
  duplicateDefinition,
  conflictingServerName,
  duplicateListen,
  sslWithoutCertificate,
  undefinedNamedLocation,
  rootAndAlias,
  proxyPassUriInRegex,
  tooLongParameter,
  hashBucketSize,
  missingEvents,
  locationNesting,
  duplicateLocation,
  // routing
  spaMissingTryFiles,
  locationShadowed,
  locationUnreachable,
  locationNeverMatches,
  acmeChallengeBlocked,
  aliasSlashMismatch,
  aliasTraversal,
  prefixWithoutBoundary,
  internalRedirectLoop,
  redirectLoop,
  unusedDefinition,
  conditionAlways,
  redirectLosesPath,
  redirectToServerName,
  redirectLeaksPort,
  rootPathDuplication,
  tryFilesFallback,
  autoindexEnabled,
  defaultServerImplicit,
  ifHostRedirect,
  listen443WithoutSsl,
  dangerousRoot,
  hiddenFilesExposed,
  ifIsEvil,
  mediaExecutableAllowed,
  phpUncontrolled,
  scriptExtensionsExposed,
  scriptSentAsSource,
  listenHostname,
  serverNameSuspicious,
  regexUnanchoredExtension,
  regexUnescapedDot,
  regexRange,
  rootInLocation,
  taxingRewrite,
  errorPageInheritance,
  spaFallbackForAssets,
  spaIndexCached,
  staticAssetsNotCached,
  internalMissing,
  mimeTypesLost,
  djangoStaticServedBy,
  defaultSiteEnabled,
  openRedirect,
  captureOverwritten,
  hashWithoutDefault,
  unnamedCaptureInMap,
  variableMixedCase,
  // proxying
  ssrf,
  proxyPathTraversal,
  proxyPassNormalized,
  tryFilesWithProxy,
  ipv6ListenMismatch,
  healthCheckProtected,
  bodySize,
  directiveWithoutEffect,
  eventStreamBuffered,
  proxyBufferingOff,
  resolverExternal,
  limitsBehindProxy,
  proxyCachePrivate,
  forwardedHeaderPassthrough,
  hostHeaderSpoofing,
  subFilterCompressed,
  thirdPartyGetsCookies,
  proxySslVerify,
  proxyPassSlash,
  authRequestBody,
  apiErrorsBecomeHtml,
  fastcgiScriptFilename,
  missingXForwardedProto,
  proxyHeaderInheritance,
  fastcgiParamInheritance,
  missingProxyHeaders,
  proxyVariableWithoutResolver,
  upstreamKeepaliveIneffective,
  upstreamKeepaliveMissing,
  websocketMissingUpgrade,
  websocketTimeout,
  cacheKeyPoisoning,
  staleDnsCache,
  upstreamServerNoResolve,
  // tls
  tlsDeprecatedProtocols,
  http2Disabled,
  http2ListenParameter,
  httpsRedirectMissing,
  ocspStapling,
  ocspStaplingLetsencrypt,
  tlsSessionCache,
  tlsCiphersTls13,
  tlsWeakCiphers,
  ecdhCurvePostQuantum,
  http2MisdirectedRequest,
  quicBpfReuseport,
  // headers
  addHeaderInheritance,
  duplicateHeader,
  cspMissing,
  nosniffMissing,
  permissionsPolicyMissing,
  referrerPolicyMissing,
  xFrameOptionsMissing,
  hstsMissing,
  hstsWeak,
  cacheControlConflict,
  contentTypeByAddHeader,
  headerMultiline,
  headerNameTypo,
  headerWeakValue,
  headerWithoutAlways,
  serverTokens,
  corsCredentialsWildcard,
  corsOriginRegex,
  httpSplitting,
  // access
  allowWithoutDeny,
  denyBeforeAllow,
  realIpHeaderUnset,
  realIpTrustsEveryone,
  satisfyAnyOpen,
  statusPageExposed,
  metricsUnprotected,
  returnBypassesAccess,
  guardComesTooLate,
  accessRulesInheritance,
  secureLinkBypass,
  validReferersNone,
  // limits
  authRateNotStricter,
  limitReqStatus,
  limitZoneUnused,
  rateLimitMissing,
  regexRedos,
  // logs
  errorLogOff,
  logJson,
  logJsonEscape,
  logRequestTime,
  logInheritance,
  logInjection,
  // performance
  gzipDisabled,
  gzipTypes,
  gzipTypesBinary,
  keepaliveRequestsLow,
  keepaliveTimeout,
  sendfile,
  tcpNodelay,
  tcpNopush,
  workerLimits,
  workerProcesses,
  // advisories
  advisory,
  // suppressions
  unusedSuppression,
  unknownRule,
  missingSuppressionReason,
];
