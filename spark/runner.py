"""Runs an analytics job where no Spark Connect client does: on EMR Serverless, in streaming mode.

Everything specific is in the template that src/core/job-template.ts makes; its gaps are filled here as
src/core/job-plan.ts fills them. Prints one line of JSON for each batch that was run, with what it counted.

Delivery guarantees: offsets, state and watermark are in the checkpoint, so that a run which begins again does a batch
that was cut off once more with the same result. A record of a schema that the query does not know ends its batch; the
schema is looked up and the query goes on. Any other failure ends the run with exit code 1, and whoever runs it starts
it again.
"""

import argparse
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

# Begins the message of a failure over a record that names a schema which the plan does not hold.
UNKNOWN_SCHEMA = re.compile(r"SLUICE_SCHEMA_UNKNOWN ([0-9A-Fa-f]+)")
WINDOWS_SUFFIX = "__windows"
POLL_SECONDS = 1


def fill(template, values):
    """All gaps at once, so that nothing in a value is taken for one."""
    return re.sub(r"\{\{(\w+)\}\}", lambda gap: values.get(gap[1], gap[0]), template)


def literal(value):
    """A literal of SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def frame_of(schema_id):
    """The bytes before the payload, as hexadecimal digits: see src/core/wire-format.ts."""
    return f"00{schema_id:08x}" if isinstance(schema_id, int) else "0300" + schema_id.replace("-", "")


def gaps_of(schema_id):
    frame = frame_of(schema_id)
    return {"frame": frame, "bytes": str(len(frame) // 2), "payload": str(len(frame) // 2 + 1)}


def unknown_schema(failure):
    """The schema id in the message of a failure over an unknown one; None where it failed otherwise."""
    found = UNKNOWN_SCHEMA.search(failure)
    digits = found[1].lower() if found else ""
    if digits.startswith("00"):
        return int(digits[2:10], 16)
    parts = re.match(r"0300(.{8})(.{4})(.{4})(.{4})(.{12})", digits)
    return "-".join(parts.groups()) if parts else None


def filled_plan(template, schemas, result_id, kafka):
    """The plan, with the schemas by subject: texts by id, None for an id that the registry does not know."""

    def filled(step):
        if "known" in step:
            texts = schemas[step["subject"]]
            known = [
                fill(step["known"], {**gaps_of(each), "writer": literal(text)})
                for each, text in texts.items()
                if text is not None
            ]
            unknown = [fill(step["unknown"], gaps_of(each)) for each, text in texts.items() if text is None]
            return {"view": step["view"], "sql": fill(step["sql"], {"branches": " ".join(known + unknown)})}
        return {**step, "read": {**kafka, **step["read"]}} if "read" in step else step

    sink = template["sink"]
    return {
        "steps": [filled(step) for step in template["steps"]],
        "sink": {
            "name": sink["name"],
            "sql": fill(sink["sql"], {"frame": frame_of(result_id)}),
            "options": {**kafka, **sink["options"]},
            "outputMode": sink["outputMode"],
        },
    }


class ConfluentRegistry:
    """A registry that speaks Confluent's HTTP API."""

    def __init__(self, url):
        self.url = url.rstrip("/")

    def ask(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def versions(self, subject):
        """The schema texts of a subject by id, oldest first."""
        path = f"/subjects/{urllib.parse.quote(subject, safe='')}/versions"
        answers = [self.ask(f"{path}/{number}") for number in sorted(self.ask(path))]
        return {answer["id"]: answer["schema"] for answer in answers}

    def text(self, schema_id):
        """The schema with that id; None where the registry does not know it."""
        if not isinstance(schema_id, int):
            return None
        try:
            return self.ask(f"/schemas/ids/{schema_id}")["schema"]
        except urllib.error.HTTPError as error:
            # A 404 counts only with the registry's own code: a proxy's says nothing of a schema.
            if error.code == 404 and b"error_code" in error.read():
                return None
            raise


class GlueRegistry:
    """A registry of AWS Glue, through the AWS SDK for Java 2 that EMR has on Spark's class path."""

    def __init__(self, jvm, name, region):
        sdk = jvm.software.amazon.awssdk
        self.name = name
        self.model = sdk.services.glue.model
        builder = sdk.services.glue.GlueClient.builder().region(sdk.regions.Region.of(region))
        # More than one kind of HTTP client is on the class path, and the SDK does not choose.
        self.client = builder.httpClientBuilder(sdk.http.apache.ApacheHttpClient.builder()).build()

    def version(self, schema_id):
        request = self.model.GetSchemaVersionRequest.builder().schemaVersionId(schema_id).build()
        return self.client.getSchemaVersion(request)

    def versions(self, subject):
        """The schema texts of a subject by id, oldest first."""
        schema = self.model.SchemaId.builder().registryName(self.name).schemaName(subject).build()
        request = self.model.ListSchemaVersionsRequest.builder().schemaId(schema).build()
        found = []
        pages = self.client.listSchemaVersionsPaginator(request).schemas().iterator()
        while pages.hasNext():
            listed = pages.next()
            if listed.statusAsString() == "AVAILABLE":
                found.append((listed.versionNumber(), listed.schemaVersionId()))
        return {each: self.version(each).schemaDefinition() for _, each in sorted(found)}

    def text(self, schema_id):
        """The schema with that id; None where the registry does not know it."""
        if isinstance(schema_id, int):
            return None
        try:
            found = self.version(schema_id)
        except Exception as error:  # py4j wraps whatever Java throws
            if "EntityNotFoundException" in str(error):
                return None
            raise
        return None if found.statusAsString() in ("FAILURE", "DELETING") else found.schemaDefinition()


def scram_login(jvm, secret, region):
    """The setting by which Kafka's clients log in with what a secret holds."""
    sdk = jvm.software.amazon.awssdk
    builder = sdk.services.secretsmanager.SecretsManagerClient.builder().region(sdk.regions.Region.of(region))
    client = builder.httpClientBuilder(sdk.http.apache.ApacheHttpClient.builder()).build()
    request = sdk.services.secretsmanager.model.GetSecretValueRequest.builder().secretId(secret).build()
    return jaas_of(json.loads(client.getSecretValue(request).secretString()))


def jaas_of(login):
    parts = [f'{key}={json.dumps(login[key])}' for key in ("username", "password")]
    return f"org.apache.kafka.common.security.scram.ScramLoginModule required {' '.join(parts)};"


def result_schema_id(versions, sink):
    """The id under which the result's schema is registered: schemas are compared, not their texts."""
    ids = [each for each, text in versions.items() if json.loads(text) == sink["schema"]]
    if not ids:
        raise SystemExit(f"the registry does not hold the schema of \"{sink['subject']}\": deploy the app")
    return ids[-1]


def plan_of(template, registry, named, kafka):
    subjects = {step["subject"] for step in template["steps"] if "known" in step}
    schemas = {subject: {**registry.versions(subject), **named} for subject in subjects}
    result_id = result_schema_id(registry.versions(template["sink"]["subject"]), template["sink"])
    return filled_plan(template, schemas, result_id, kafka)


def start(spark, plan, checkpoint, trigger):
    """Makes the views of a plan and starts its query."""
    from pyspark.sql.functions import expr

    for step in plan["steps"]:
        if "read" in step:
            frame = spark.readStream.format("kafka").options(**step["read"]).load()
        elif "metrics" in step:
            metrics = step["metrics"]
            frame = spark.table(step["of"]).observe(metrics["name"], *[expr(each) for each in metrics["expressions"]])
        else:
            frame = spark.sql(step["sql"])
        if "watermark" in step:
            frame = frame.withWatermark(step["watermark"]["column"], step["watermark"]["delay"])
        frame.createOrReplaceTempView(step["view"])
    sink = plan["sink"]
    writer = spark.sql(sink["sql"]).writeStream.format("kafka").options(**sink["options"])
    writer = writer.option("checkpointLocation", checkpoint).outputMode(sink["outputMode"])
    return writer.queryName(sink["name"]).trigger(processingTime=trigger).start()


class Counts:
    """What batches counted, as src/core/job-progress.ts counts it: a row of a window that the watermark had passed is late.

    `watermark_of` gives the watermark of a batch that was not seen here, in ms.
    """

    def __init__(self, job, watermark_of):
        self.job = job
        self.watermark_of = watermark_of
        self.batch = -1
        self.watermark_ms = 0

    def tell(self, reports):
        for report in reports:
            if "addBatch" not in report["durationMs"] or report["batchId"] <= self.batch:
                continue
            if report["batchId"] > self.batch + 1:
                self.watermark_ms = self.watermark_of(report["batchId"] - 1)
            counted = {"records": 0, "undecodable": 0, "untimed": 0, "late": 0}
            for name, metrics in report.get("observedMetrics", {}).items():
                if name.endswith(WINDOWS_SUFFIX):
                    ends = json.loads(metrics.get("ends") or "{}")
                    counted["late"] += sum(rows for end, rows in ends.items() if int(end) <= self.watermark_ms)
                else:
                    for key in ("records", "undecodable", "untimed"):
                        counted[key] += metrics.get(key) or 0
            self.batch = report["batchId"]
            watermark = report.get("eventTime", {}).get("watermark")
            if watermark:
                self.watermark_ms = milliseconds(watermark) or self.watermark_ms
            print(json.dumps({"job": self.job, "batch": self.batch, **counted, "watermark": watermark}), flush=True)


def milliseconds(moment):
    """Milliseconds since the epoch of a time in ISO 8601, in UTC."""
    from datetime import datetime

    return round(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000)


def kept_watermark(spark, checkpoint, batch):
    """The watermark of a batch in ms, which a checkpoint has in the second line of the batch's offsets."""
    lines = spark.read.text(f"{checkpoint}/offsets/{batch}", wholetext=True).first()[0].splitlines()
    return json.loads(lines[1])["batchWatermarkMs"]


def progress_after(query, batch):
    """The reports of the batches after that one which Spark still remembers, oldest first; it may give earlier ones besides."""
    # Each report is some hundred calls from Python to Java.
    latest = query.lastProgress
    if latest is None:
        return []
    reports = [latest] if latest.batchId <= batch + 1 else query.recentProgress
    return [json.loads(each.json) for each in reports]


def watch(query, counts):
    """Waits for the end of a query; why it ended."""
    while query.isActive:
        counts.tell(progress_after(query, counts.batch))
        time.sleep(POLL_SECONDS)
    # Read after it is known to have ended, so that no batch before the failure goes unseen.
    counts.tell(progress_after(query, counts.batch))
    failure = query.exception()
    return "it was stopped" if failure is None else str(failure)


def run(spark, template, registry, place):
    """Runs a job until it fails otherwise than over an unknown schema; why it failed."""
    counts = Counts(template["sink"]["name"], lambda batch: kept_watermark(spark, place.checkpoint, batch))
    named = {}
    while True:
        plan = plan_of(template, registry, named, place.kafka)
        failure = watch(start(spark, plan, place.checkpoint, place.trigger), counts)
        schema_id = unknown_schema(failure)
        if schema_id is None or schema_id in named:
            return failure
        named[schema_id] = registry.text(schema_id)
        print(json.dumps({"job": counts.job, "schema": schema_id, "known": named[schema_id] is not None}), flush=True)


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--template", required=True, help="URL of the job's template")
    parser.add_argument("--checkpoint", required=True, help="URL of the folder of the checkpoint")
    parser.add_argument("--trigger", required=True, help="how often a batch begins at most, such as `2 seconds`")
    parser.add_argument("--kafka", type=json.loads, required=True, help="options of Kafka's clients, as JSON")
    parser.add_argument("--secret", help="ARN of a secret with the login of Kafka")
    registry = parser.add_mutually_exclusive_group(required=True)
    registry.add_argument("--confluent", help="URL of a registry with Confluent's API")
    registry.add_argument("--glue", help="name of a registry of AWS Glue")
    parser.add_argument("--region", help="region of registry and secret")
    return parser.parse_args(arguments)


def main(arguments):
    from pyspark.sql import SparkSession

    place = parsed(arguments)
    spark = SparkSession.builder.getOrCreate()
    template = json.loads(spark.read.text(place.template, wholetext=True).first()[0])
    if place.secret:
        place.kafka["kafka.sasl.jaas.config"] = scram_login(spark._jvm, place.secret, place.region)
    if place.glue:
        registry = GlueRegistry(spark._jvm, place.glue, place.region)
    else:
        registry = ConfluentRegistry(place.confluent)
    failure = run(spark, template, registry, place)
    print(json.dumps({"job": template["sink"]["name"], "failure": failure[:500]}), flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
