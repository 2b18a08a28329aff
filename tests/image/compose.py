"""compose.py COMPOSE BROKERS PORT PORT: the part of deploy/compose.yaml that is ours, on the host's network and on this Kafka, as
YAML. The images of Kafka, Prometheus and Grafana come from a registry; for them the test's Kafka and promtool stand in."""

import sys

import yaml

OURS = ("topics", "events", "sender", "worker-1", "worker-2")


def main():
    path, brokers, *ports = sys.argv[1:]
    with open(path) as file:
        whole = yaml.safe_load(file)
    services = {name: whole["services"][name] for name in OURS}
    for name, service in services.items():
        service["network_mode"] = "host"
        service.pop("ports", None)
        service.get("depends_on", {}).pop("kafka", None)
        environment = service.get("environment", {})
        if environment:
            assert environment["CARAVAN_KAFKA_BOOTSTRAP_SERVERS"] == "kafka:9092", name
            environment["CARAVAN_KAFKA_BOOTSTRAP_SERVERS"] = brokers
        if name.startswith("worker"):
            environment["CARAVAN_HTTP_LISTEN"] = f"127.0.0.1:{ports.pop()}"
    yaml.safe_dump({"services": services, "volumes": {"events": {}}}, sys.stdout)


main()
