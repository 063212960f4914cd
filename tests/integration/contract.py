"""api/openapi.yaml as a judge: which operations there are, and whether an answer is as the file says."""

import functools
import re
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "patch", "put", "delete")
# What `default` stands for: any call may end so. Whatever else an operation answers, it names.
FAILURES = (500, 503, 507)
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Operation:
    def __init__(self, path, method, rest, shared):
        self.path = path
        self.method = method.upper()
        self.id = rest["operationId"]
        self.open = rest.get("security") == []
        self.right = rest.get("x-right", "")
        self.body = rest.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        self.responses = rest["responses"]
        self.parameters = shared + rest.get("parameters", [])


@functools.cache
def openapi():
    # libyaml where there is one: the parser in Python takes more than a second.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((ROOT / "api/openapi.yaml").read_text(), loader)


def pointed_at(file, reference):
    for part in reference.removeprefix("#/").split("/"):
        file = file[part]
    return file


class Resolver(jsonschema.RefResolver):
    """All references are within the file; the library's own way reads the whole file for each."""

    def resolve(self, ref):
        return ref, pointed_at(self.referrer, ref)


class Contract:
    def __init__(self):
        self.file = openapi()
        self.operations = [
            Operation(path, method, rest, item.get("parameters", []))
            for path, item in self.file["paths"].items()
            for method, rest in item.items()
            if method in METHODS
        ]
        self.by_id = {operation.id: operation for operation in self.operations}
        checker = jsonschema.FormatChecker(formats=[])
        checker.checks("date-time")(lambda text: not isinstance(text, str) or bool(DATE_TIME.fullmatch(text)))
        self.checker = checker

    def resolved(self, node):
        while "$ref" in node:
            node = pointed_at(self.file, node["$ref"])
        return node

    def complaints(self, schema, value):
        """What of the value is not as the schema says; nothing when it is."""
        resolver = Resolver("", self.file)
        validator = jsonschema.Draft202012Validator(
            schema, resolver=resolver, format_checker=self.checker
        )
        errors = validator.iter_errors(value)
        return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors]

    def judge(self, operation, answer):
        """Whether this operation may answer so: its status, its content type, its body."""
        response = operation.responses.get(str(answer.status))
        if answer.status in FAILURES:
            response = response or operation.responses.get("default")
        where = f"{operation.method} {operation.path} -> {answer.status}"
        if response is None:
            return [f"{where}: a status that the file does not name: {answer.text[:300]}"]
        content = self.resolved(response).get("content", {})
        if not content:
            return [f"{where}: a body where none is named"] if answer.text else []
        kind = answer.headers.get("Content-Type", "")
        if kind not in content:
            return [f"{where}: {kind} instead of {', '.join(content)}"]
        if not kind.endswith("json"):
            return []
        complaints = self.complaints(content[kind]["schema"], answer.json())
        if kind == "application/problem+json" and answer.json()["status"] != answer.status:
            complaints.append("status of the problem differs")
        return [f"{where}: {complaint} in {answer.text[:300]}" for complaint in complaints]

    def example(self, operation):
        return self.resolved(operation.body).get("examples", [{}])[0] if operation.body else None

    def wrong_bodies(self, operation):
        """Bodies that every operation has to refuse: other shapes, unknown members, other types."""
        schema = self.resolved(operation.body)
        yield []
        yield "text"
        yield {"no_such_member": 1}
        good = self.example(operation) or {}
        for name in schema.get("properties", {}):
            for wrong in ({"an": "object"}, 1.5, ["x"] * 3, "\u0000", "x" * 5_000):
                if self.complaints(operation.body, {**good, name: wrong}):
                    yield {**good, name: wrong}
