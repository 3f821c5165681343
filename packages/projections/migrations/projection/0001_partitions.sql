ALTER TABLE "projection"."events" DROP CONSTRAINT "events_site_epoch_seq_idx_pk";--> statement-breakpoint
ALTER TABLE "projection"."orders" DROP CONSTRAINT "orders_site_epoch_seq_idx_pk";--> statement-breakpoint
ALTER TABLE "projection"."track_chunks" DROP CONSTRAINT "track_chunks_site_epoch_seq_idx_pk";--> statement-breakpoint
ALTER TABLE "projection"."events" ADD COLUMN "partition" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "projection"."orders" ADD COLUMN "partition" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "projection"."track_chunks" ADD COLUMN "partition" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "projection"."events" ADD CONSTRAINT "events_site_partition_epoch_seq_idx_pk" PRIMARY KEY("site","partition","epoch","seq","idx");--> statement-breakpoint
ALTER TABLE "projection"."orders" ADD CONSTRAINT "orders_site_partition_epoch_seq_idx_pk" PRIMARY KEY("site","partition","epoch","seq","idx");--> statement-breakpoint
ALTER TABLE "projection"."track_chunks" ADD CONSTRAINT "track_chunks_site_partition_epoch_seq_idx_pk" PRIMARY KEY("site","partition","epoch","seq","idx");