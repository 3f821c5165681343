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
CREATE SCHEMA "access";
--> statement-breakpoint
CREATE TABLE "access"."measure_sets" (
	"set_id" text PRIMARY KEY NOT NULL,
	"measures" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "access"."measure_sets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "access"."reads" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "access"."reads_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at_ms" bigint NOT NULL,
	"site" text NOT NULL,
	"subject" text NOT NULL,
	"role" text NOT NULL,
	"authority" text NOT NULL,
	"kind" text NOT NULL,
	"set_id" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "access"."reads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "measure_sets_measures" ON "access"."measure_sets" USING gin ("measures");--> statement-breakpoint
CREATE INDEX "reads_at" ON "access"."reads" USING btree ("at_ms");--> statement-breakpoint
CREATE INDEX "reads_set" ON "access"."reads" USING btree ("set_id");--> statement-breakpoint
CREATE POLICY "append_only" ON "access"."measure_sets" AS PERMISSIVE FOR INSERT TO public WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "auditors_read" ON "access"."measure_sets" AS PERMISSIVE FOR SELECT TO "vigie_auditor" USING (true);--> statement-breakpoint
CREATE POLICY "append_only" ON "access"."reads" AS PERMISSIVE FOR INSERT TO public WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "auditors_read" ON "access"."reads" AS PERMISSIVE FOR SELECT TO "vigie_auditor" USING (true);
--> statement-breakpoint
ALTER TABLE "access"."measure_sets" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT INSERT ON "access"."measure_sets" TO "vigie_app";
--> statement-breakpoint
GRANT SELECT ON "access"."measure_sets" TO "vigie_auditor";
--> statement-breakpoint
ALTER TABLE "access"."reads" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT INSERT ON "access"."reads" TO "vigie_app";
--> statement-breakpoint
GRANT SELECT ON "access"."reads" TO "vigie_auditor";
--> statement-breakpoint
GRANT USAGE ON SCHEMA "access" TO "vigie_app", "vigie_auditor";
