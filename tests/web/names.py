"""names.py METRICS: every metric that the rules and the dashboard name is in this /metrics (or made by a rule, or Prometheus'
own), every alert has its section in deploy/alerts.md with its severity, and no section is of an alert that is gone."""

import json
import re
import sys

RULES, PAGE, DASHBOARD = "deploy/prometheus/rules.yaml", "deploy/alerts.md", "deploy/grafana/caravan.json"
NAME = re.compile(r"\b((?:caravan|process|up)(?:[_:][a-z0-9_:]+)?)(?=[{\[ )]|$)")


def named_in(expressions):
    return {name for expression in expressions for name in NAME.findall(re.sub(r'"[^"]*"', '""', expression))}


def main():
    with open(sys.argv[1]) as metrics, open(RULES) as rules, open(PAGE) as page, open(DASHBOARD) as dashboard:
        samples = {line.split("{")[0].split(" ")[0] for line in metrics if not line.startswith("#")}
        rules, page, panels = rules.read(), page.read(), json.load(dashboard)["panels"]
    made = set(re.findall(r"- record: (\S+)", rules))
    alerts = dict(re.findall(r"- alert: (\S+)\n(?:.*\n)*?\s+labels: \{severity: (\w+)\}", rules))
    shown = named_in(target["expr"] for panel in panels for target in panel.get("targets", []))
    used = named_in(re.findall(r"expr: (.*)", rules)) | shown
    wrong = [f"{name} is not on a running worker's /metrics" for name in sorted(used - samples - made - {"up"})]
    if len(used) < 20 or len(alerts) < 10:
        wrong.append(f"only {len(used)} metrics and {len(alerts)} alerts were found: the files are not read rightly")
    sections = re.findall(r"^## (\S+)$", page, re.M)
    wrong += [f"{alert} has no section in {PAGE}" for alert in alerts if alert not in sections]
    wrong += [f"{PAGE} has a section of {section}, which is no alert" for section in sections if section not in alerts]
    wrong += [f"{alert} does not say where its page is" for alert in alerts if f"handbook: {PAGE}#{alert.lower()}\n" not in rules]
    wrong += [f"{PAGE} does not list {alert} as {severity}" for alert, severity in alerts.items() if f"| [{alert}](#{alert.lower()}) | {severity} |" not in page]
    print("\n".join(wrong) or f"{len(used)} metrics, {len(alerts)} alerts")
    return 1 if wrong else 0


sys.exit(main())
