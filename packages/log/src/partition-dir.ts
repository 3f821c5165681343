// Where a partition keeps what lies beside its log: archives, trees, snapshots.
import { join } from 'node:path';
import { partitionName } from '@vigie/model';

/** The first one's is the site's own data folder, so that a site with one partition has one folder. */
export const partitionDir = (siteDir: string, partition: number): string =>
  partition === 0 ? siteDir : join(siteDir, `partition-${partitionName(partition)}`);
