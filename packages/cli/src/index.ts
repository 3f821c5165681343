// The parts of the vigie command that system tests start by themselves.
export { type Cluster, type ClusterOptions, startCluster } from './up/cluster.ts';
export { sitePaths } from './up/layout.ts';
