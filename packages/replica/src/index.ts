// one site's engine over the merged log: live and settled, snapshots, digests, replay.
export {};
