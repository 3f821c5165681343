-- Roles are the cluster's, not the database's: another database may have made them. The launcher or the operator gives
-- vigie_app its login and password; here it only gets its rights, none of which gets past row-level security.
do $$
declare wanted text;
begin
	foreach wanted in array array['vigie_app', 'vigie_auditor'] loop
		begin
			if not exists (select from pg_roles where rolname = wanted) then
				execute format('create role %I nologin', wanted);
			end if;
		exception when duplicate_object or unique_violation then null;
		end;
	end loop;
end $$;
--> statement-breakpoint
CREATE SCHEMA "projection";
--> statement-breakpoint
CREATE TABLE "projection"."cases" (
	"measure" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"authority" text NOT NULL,
	"legal_basis" text NOT NULL,
	"mode" text NOT NULL,
	"timezone" text NOT NULL,
	"person_name" text,
	"collection" text NOT NULL,
	"revision" integer NOT NULL,
	"ended" boolean NOT NULL,
	"valid_from_ms" bigint NOT NULL,
	"valid_to_ms" bigint NOT NULL,
	"rules" jsonb NOT NULL,
	"input" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "projection"."cases" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "projection"."checkpoint" (
	"id" smallint PRIMARY KEY NOT NULL,
	"received" text NOT NULL,
	"log" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projection"."devices" (
	"measure" text NOT NULL,
	"device_id" text NOT NULL,
	"case_id" text NOT NULL,
	"authority" text NOT NULL,
	"role" text NOT NULL,
	"mode" text NOT NULL,
	"ended" boolean NOT NULL,
	"bound_to" text,
	"last_report_us" bigint,
	"fix_at_ms" bigint,
	"lat_e7" integer,
	"lon_e7" integer,
	"accuracy_mm" bigint,
	"battery_pct" smallint,
	"reports" bigint NOT NULL,
	CONSTRAINT "devices_measure_device_id_pk" PRIMARY KEY("measure","device_id")
);
--> statement-breakpoint
ALTER TABLE "projection"."devices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "projection"."events" (
	"serial" bigint GENERATED ALWAYS AS IDENTITY (sequence name "projection"."events_serial_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"site" text NOT NULL,
	"epoch" text NOT NULL,
	"epoch_number" integer NOT NULL,
	"seq" bigint NOT NULL,
	"idx" integer NOT NULL,
	"measure" text NOT NULL,
	"entry_id" text NOT NULL,
	"t_us" bigint NOT NULL,
	"kind" text NOT NULL,
	"incident_id" text NOT NULL,
	"step" text,
	"type" text,
	"data" jsonb NOT NULL,
	CONSTRAINT "events_site_epoch_seq_idx_pk" PRIMARY KEY("site","epoch","seq","idx")
);
--> statement-breakpoint
ALTER TABLE "projection"."events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "projection"."incident_steps" (
	"incident_id" text NOT NULL,
	"ord" integer NOT NULL,
	"measure" text NOT NULL,
	"authority" text NOT NULL,
	"step" text NOT NULL,
	"type" text NOT NULL,
	"by" text NOT NULL,
	"t_us" bigint NOT NULL,
	"entry_id" text NOT NULL,
	"note" text,
	"code" text,
	CONSTRAINT "incident_steps_incident_id_ord_pk" PRIMARY KEY("incident_id","ord")
);
--> statement-breakpoint
ALTER TABLE "projection"."incident_steps" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "projection"."incidents" (
	"incident_id" text PRIMARY KEY NOT NULL,
	"measure" text NOT NULL,
	"case_id" text NOT NULL,
	"authority" text NOT NULL,
	"rule_id" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"standing" text NOT NULL,
	"lane" text NOT NULL,
	"priority" smallint NOT NULL,
	"opened_at_ms" bigint NOT NULL,
	"closed_at_ms" bigint,
	"raised_at_us" bigint NOT NULL,
	"signals" integer NOT NULL,
	"provisional" boolean NOT NULL,
	"reason" jsonb NOT NULL,
	"held_by" text,
	"aliases" text[] NOT NULL,
	"published" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "projection"."incidents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "projection"."orders" (
	"site" text NOT NULL,
	"epoch" text NOT NULL,
	"seq" bigint NOT NULL,
	"idx" integer NOT NULL,
	"measure" text NOT NULL,
	"entry_id" text NOT NULL,
	"t_us" bigint NOT NULL,
	"revision" integer NOT NULL,
	"valid_from_ms" bigint NOT NULL,
	"valid_to_ms" bigint NOT NULL,
	"by" text NOT NULL,
	"input" jsonb NOT NULL,
	CONSTRAINT "orders_site_epoch_seq_idx_pk" PRIMARY KEY("site","epoch","seq","idx")
);
--> statement-breakpoint
ALTER TABLE "projection"."orders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "projection"."track_chunks" (
	"site" text NOT NULL,
	"epoch" text NOT NULL,
	"seq" bigint NOT NULL,
	"idx" integer NOT NULL,
	"measure" text NOT NULL,
	"device_id" text NOT NULL,
	"t_us" bigint NOT NULL,
	"from_ms" bigint NOT NULL,
	"to_ms" bigint NOT NULL,
	"reports" integer NOT NULL,
	"plain" boolean NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "track_chunks_site_epoch_seq_idx_pk" PRIMARY KEY("site","epoch","seq","idx")
);
--> statement-breakpoint
ALTER TABLE "projection"."track_chunks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "cases_case_id" ON "projection"."cases" USING btree ("case_id","authority");--> statement-breakpoint
CREATE INDEX "events_serial" ON "projection"."events" USING btree ("serial");--> statement-breakpoint
CREATE INDEX "events_incident" ON "projection"."events" USING btree ("incident_id");--> statement-breakpoint
CREATE INDEX "events_entry" ON "projection"."events" USING btree ("entry_id");--> statement-breakpoint
CREATE INDEX "incident_steps_entry" ON "projection"."incident_steps" USING btree ("entry_id");--> statement-breakpoint
CREATE INDEX "incident_steps_measure" ON "projection"."incident_steps" USING btree ("measure");--> statement-breakpoint
CREATE INDEX "incidents_queue" ON "projection"."incidents" USING btree ("priority","opened_at_ms","incident_id");--> statement-breakpoint
CREATE INDEX "incidents_measure" ON "projection"."incidents" USING btree ("measure");--> statement-breakpoint
CREATE INDEX "incidents_aliases" ON "projection"."incidents" USING gin ("aliases");--> statement-breakpoint
CREATE INDEX "orders_measure" ON "projection"."orders" USING btree ("measure","revision");--> statement-breakpoint
CREATE INDEX "track_chunks_period" ON "projection"."track_chunks" USING btree ("measure","to_ms","from_ms");--> statement-breakpoint
CREATE POLICY "by_authority" ON "projection"."cases" AS PERMISSIVE FOR ALL TO public USING (current_setting('vigie.authority', true) in ('*', authority)) WITH CHECK (current_setting('vigie.authority', true) = '*');--> statement-breakpoint
CREATE POLICY "by_authority" ON "projection"."devices" AS PERMISSIVE FOR ALL TO public USING (current_setting('vigie.authority', true) in ('*', authority)) WITH CHECK (current_setting('vigie.authority', true) = '*');--> statement-breakpoint
CREATE POLICY "by_measure" ON "projection"."events" AS PERMISSIVE FOR ALL TO public USING (current_setting('vigie.authority', true) = '*' or measure in (select c.measure from projection.cases c)) WITH CHECK (current_setting('vigie.authority', true) = '*');--> statement-breakpoint
CREATE POLICY "by_authority" ON "projection"."incident_steps" AS PERMISSIVE FOR ALL TO public USING (current_setting('vigie.authority', true) in ('*', authority)) WITH CHECK (current_setting('vigie.authority', true) = '*');--> statement-breakpoint
CREATE POLICY "by_authority" ON "projection"."incidents" AS PERMISSIVE FOR ALL TO public USING (current_setting('vigie.authority', true) in ('*', authority)) WITH CHECK (current_setting('vigie.authority', true) = '*');--> statement-breakpoint
CREATE POLICY "by_measure" ON "projection"."orders" AS PERMISSIVE FOR ALL TO public USING (current_setting('vigie.authority', true) = '*' or measure in (select c.measure from projection.cases c)) WITH CHECK (current_setting('vigie.authority', true) = '*');--> statement-breakpoint
CREATE POLICY "by_measure" ON "projection"."track_chunks" AS PERMISSIVE FOR ALL TO public USING (current_setting('vigie.authority', true) = '*' or measure in (select c.measure from projection.cases c)) WITH CHECK (current_setting('vigie.authority', true) = '*');
--> statement-breakpoint
ALTER TABLE "projection"."cases" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "projection"."orders" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "projection"."incidents" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "projection"."incident_steps" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "projection"."devices" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "projection"."track_chunks" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "projection"."events" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT USAGE ON SCHEMA "projection" TO "vigie_app";
--> statement-breakpoint
GRANT SELECT ON ALL TABLES IN SCHEMA "projection" TO "vigie_app";
--> statement-breakpoint
-- Rows that change with every report: room on the page, so that an update needs no index work.
ALTER TABLE "projection"."devices" SET (fillfactor = 70);
