"""What rendered manifests must have in common with each other, and what run.sh needs of them.

    fit.py MANIFESTS PROPERTIES    checks; writes the worker's configuration to PROPERTIES
    fit.py --names CHART           values.yaml and values.schema.json have the same names
    fit.py --pod NAME <MANIFESTS   the StatefulSet's pod as one by itself, with its ConfigMap
    fit.py --probe WHICH <POD      the command of a probe, a word a line
"""

import json
import sys

import yaml


def load(text):
    return [document for document in yaml.safe_load_all(text) if document]


def one(documents, kind, component=None):
    found = [document for document in documents if document["kind"] == kind and
             (component is None or document["metadata"]["labels"]["app.kubernetes.io/component"] == component)]
    return found[0] if found else None


def selects(selector, labels):
    return selector.items() <= labels.items()


def check(documents, properties_path):
    workers = one(documents, "StatefulSet")
    pod = workers["spec"]["template"]
    labels, spec = pod["metadata"]["labels"], pod["spec"]
    container = spec["containers"][0]
    assert selects(workers["spec"]["selector"]["matchLabels"], labels), "the StatefulSet selects its pods"
    assert selects(one(documents, "Service")["spec"]["selector"], labels), "the Service selects the pods"
    assert one(documents, "Service")["metadata"]["name"] == workers["spec"]["serviceName"], "it is the StatefulSet's Service"
    for kind in ("PodDisruptionBudget", "PodMonitor"):
        made = one(documents, kind)
        assert made is None or selects(made["spec"]["selector"]["matchLabels"], labels), f"the {kind} selects the pods"
    policy = one(documents, "NetworkPolicy")
    assert policy is None or selects(policy["spec"]["podSelector"]["matchLabels"], labels), "the NetworkPolicy selects the pods"
    scaled = one(documents, "ScaledObject")
    if scaled:
        assert scaled["spec"]["scaleTargetRef"]["name"] == workers["metadata"]["name"], "KEDA scales the StatefulSet"
        assert "replicas" not in workers["spec"], "and nothing else does"
    monitor = one(documents, "PodMonitor")
    ports = [port["name"] for port in container["ports"]]
    assert monitor is None or monitor["spec"]["podMetricsEndpoints"][0]["port"] in ports, "the PodMonitor's port is there"
    volumes = {volume["name"] for volume in spec["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} <= volumes, "every mount has its volume"
    account = one(documents, "ServiceAccount")
    assert account is None or account["metadata"]["name"] == spec["serviceAccountName"], "the pods' account is the one made"

    security, alone = spec["securityContext"], container["securityContext"]
    assert security["runAsNonRoot"] and security["seccompProfile"]["type"] == "RuntimeDefault"
    assert alone["readOnlyRootFilesystem"] and alone["capabilities"]["drop"] == ["ALL"] and not alone["allowPrivilegeEscalation"]
    assert "memory" in container["resources"]["limits"], "a limit, since state.bytes_max follows it"
    assert not spec["automountServiceAccountToken"] and not spec["enableServiceLinks"]
    identity = [variable for variable in container["env"] if variable["name"] == "CARAVAN_KAFKA_GROUP_INSTANCE_ID"]
    assert identity[0]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name", "static membership by the pod's name"

    config = next(volume for volume in spec["volumes"] if volume["name"] == "config")["configMap"]["name"]
    made = next(document for document in documents if document["kind"] == "ConfigMap" and document["metadata"]["name"] == config)
    with open(properties_path, "w") as file:
        file.write(made["data"]["worker.properties"])
    job = one(documents, "Job")
    if job:
        hooked = one(documents, "ConfigMap", "worker") and next(
            document for document in documents if document["kind"] == "ConfigMap" and "annotations" in document["metadata"])
        assert hooked["data"] == made["data"], "topics are made with the workers' configuration"
        assert not selects(workers["spec"]["selector"]["matchLabels"], job["spec"]["template"]["metadata"]["labels"]), \
            "the job's pod is none of the workers'"


def names(values, schema, path=""):
    properties = schema.get("properties")
    if properties is None or not isinstance(values, dict):
        return
    known = set(properties) - {"global"}
    assert set(values) == known, f"{path or 'values'}: {sorted(set(values) ^ known)} is in only one of the two"
    for name in values:
        names(values[name], properties[name], f"{path}.{name}".lstrip("."))


def pod_of(documents, name):
    workers = one(documents, "StatefulSet")
    template = workers["spec"]["template"]
    config = next(document for document in documents if document["kind"] == "ConfigMap")
    spec = {key: template["spec"][key] for key in ("containers", "volumes", "securityContext", "terminationGracePeriodSeconds")}
    for container in spec["containers"]:
        del container["ports"]  # on the host's network podman has nothing to map them to
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": template["metadata"]["labels"]}, "spec": spec}
    yaml.safe_dump_all([config, pod], sys.stdout)


def main():
    if sys.argv[1] == "--names":
        with open(f"{sys.argv[2]}/values.yaml") as values, open(f"{sys.argv[2]}/values.schema.json") as schema:
            names(yaml.safe_load(values), json.load(schema))
    elif sys.argv[1] == "--pod":
        pod_of(load(sys.stdin.read()), sys.argv[2])
    elif sys.argv[1] == "--probe":
        container = one(load(sys.stdin.read()), "Pod")["spec"]["containers"][0]
        print(*container[f"{sys.argv[2]}Probe"]["exec"]["command"], sep="\n")
    else:
        with open(sys.argv[1]) as file:
            check(load(file.read()), sys.argv[2])


main()
