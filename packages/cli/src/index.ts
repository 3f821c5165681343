// The parts of the vigie command that system tests start by themselves.
export { type Cluster, type ClusterOptions, startCluster } from './up/cluster.ts';
export { sitePaths } from './up/layout.ts';
export { openRecordedLog } from './replay/recorded-log.ts';
export { type Source, replaySite } from './replay/replay-site.ts';
export { differences } from './replay/compare.ts';
export { knownAt } from './replay/known-at.ts';
export { type SitesAt, changeMembership } from './site/membership.ts';
