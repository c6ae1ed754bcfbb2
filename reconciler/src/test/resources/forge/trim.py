#!/usr/bin/env python3
"""Writes what README.md says from three packages, unpacked into a directory each.

    trim.py OCTOKIT_OPENAPI GITEA_JS GITBEAKER_CORE
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LEAF = {}


def tree(text):
    """'a b(c d) e' as {'a': {}, 'b': {'c': {}, 'd': {}}, 'e': {}}"""
    stack, last = [{}], None
    for token in re.findall(r"[\w+-]+|[()]", text):
        if token == "(":
            stack.append(stack[-1][last])
        elif token == ")":
            stack.pop()
        else:
            last = token
            stack[-1][token] = {}
    return stack[0]


class OpenApi:
    """Schemas of an OpenAPI 3.0 description."""

    def __init__(self, root):
        self.root = root

    def resolved(self, schema):
        while "$ref" in schema:
            at = self.root
            for part in schema["$ref"].lstrip("#/").split("/"):
                at = at[part]
            schema = at
        return schema

    def flat(self, schema, keep):
        schema = self.resolved(schema)
        for one in ("oneOf", "anyOf"):
            for choice in schema.get(one, []):
                if one in schema and "properties" not in schema:
                    found = self.flat(choice, keep)
                    if set(keep) <= set(found.get("properties", {})):
                        return dict(found, nullable=schema.get("nullable", False) or found.get("nullable", False))
        merged = dict(schema)
        for part in schema.get("allOf", []):
            part = self.flat(part, keep)
            merged = {
                **merged,
                **{k: v for k, v in part.items() if k not in ("properties", "required")},
                "properties": {**merged.get("properties", {}), **part.get("properties", {})},
                "required": merged.get("required", []) + part.get("required", []),
            }
        return merged

    def trim(self, schema, keep):
        schema = self.flat(schema, keep)
        if schema.get("type") == "array":
            out = {"type": "array", "items": self.trim(schema["items"], keep)}
        elif keep:
            properties = schema["properties"]
            out = {
                "type": "object",
                "properties": {k: self.trim(properties[k], v) for k, v in keep.items()},
                "required": [k for k in keep if k in schema.get("required", [])],
                "additionalProperties": False,
            }
        else:
            kind = schema.get("type")
            if kind == "object" and "additionalProperties" not in schema and "properties" not in schema:
                raise SystemExit("say what to keep of %s" % schema)
            out = {k: schema[k] for k in ("type", "enum", "maxLength", "maxItems") if k in schema}
        if schema.get("nullable") and "type" in out:
            out["type"] = [out["type"], "null"]
            if "enum" in out:
                out["enum"] = out["enum"] + [None]
        return out


class Declarations:
    """Interfaces of a TypeScript declaration file."""

    def __init__(self, text, nullable=()):
        self.nullable = nullable
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        self.interfaces, self.aliases = {}, {}
        for m in re.finditer(r"^(?:export )?interface (\w+)(?: extends ([^{]+?))? \{(.*?)^\}", text, re.S | re.M):
            parents = re.findall(r"\b(?!Record|MappedOmit)[A-Z]\w+", re.sub(r"Record<.*?>|'[^']*'", "", m[2] or ""))
            self.interfaces.setdefault(m[1], (parents, re.findall(r"^    (\w+)(\??): (.*?);$", m[3], re.M | re.S)))
        for m in re.finditer(r"^(?:export )?type (\w+) = (.*?);", text, re.S | re.M):
            self.aliases.setdefault(m[1], m[2])

    def properties(self, name):
        parents, own = self.interfaces[name]
        found = {}
        for parent in parents:
            found.update(self.properties(parent))
        found.update({k: (optional == "", kind) for k, optional, kind in own})
        return found

    def trim(self, kind, keep, path=""):
        kind = re.sub(r"(?:MappedOmit|Exclude)<(\w+),.*?>", r"\1", kind.strip())
        choices = [c.strip() for c in kind.split("|")]
        null = "null" in choices or path in self.nullable
        choices = [c for c in choices if c != "null"]
        if all(re.fullmatch(r"'[^']*'", c) for c in choices):
            out = {"type": "string", "enum": [c[1:-1] for c in choices]}
        elif choices[0].endswith("[]"):
            out = {"type": "array", "items": self.trim(choices[0][:-2], keep, path)}
        elif choices[0] in ("string", "boolean"):
            out = {"type": choices[0]}
        elif choices[0] in ("number", "AccessLevel"):
            out = {"type": "integer"}
        elif choices[0] in self.aliases:
            out = self.trim(self.aliases[choices[0]], keep, path)
        else:
            found = self.properties(choices[0])
            out = {
                "type": "object",
                "properties": {k: self.trim(found[k][1], v, (path + "." + k).lstrip(".")) for k, v in keep.items()},
                "required": [k for k in keep if found[k][0]],
                "additionalProperties": False,
            }
        if null:
            out["type"] = [out["type"], "null"]
        return out


def write(name, schemas, paths):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as out:
        json.dump({"paths": paths, "schemas": schemas}, out, indent=1)
        out.write("\n")


def github(package):
    with open(package + "/generated/api.github.com.json", encoding="utf-8") as source:
        root = json.load(source)
    api = OpenApi(root)
    schemas, paths = {}, {}

    def operation(name, line, answer=None, question=None):
        method, path = line.split(" ")
        said = root["paths"][path][method.lower()]
        query = [api.resolved(p) for p in said.get("parameters", [])]
        paths[line] = sorted(p["name"] for p in query if p["in"] == "query")
        if question:
            body = said["requestBody"]["content"]["application/json"]["schema"]
            body = {k: v for k, v in body.items() if k not in ("oneOf", "anyOf")}
            schemas[name + "-question"] = api.trim(body, tree(question))
        code = next(c for c in said["responses"] if c.startswith("2"))
        body = said["responses"][code]["content"]["application/json"]["schema"]
        schemas[name] = api.trim(body, tree(answer))

    repo = "/repos/{owner}/{repo}"
    user = "user(id login)"
    pull = "number title html_url state draft %s labels(name) updated_at head(sha ref repo(id)) base(sha ref repo(id))" % user
    operation("pulls", "GET %s/pulls" % repo, pull)
    operation("pull", "GET %s/pulls/{pull_number}" % repo, pull + " merged")
    # GitHub gives null for a fork that is gone; this version of its description does not say so.
    for schema in (schemas["pulls"]["items"], schemas["pull"]):
        schema["properties"]["head"]["properties"]["repo"]["type"] = ["object", "null"]
    operation("events", "GET %s/issues/{issue_number}/events" % repo, "id event actor(id login type) label(name color) created_at")
    # It describes each kind of event; only those about labels have one.
    schemas["events"]["items"]["required"].remove("label")
    operation("permission", "GET %s/collaborators/{username}/permission" % repo, "permission role_name " + user)
    operation("status", "POST %s/statuses/{sha}" % repo, "id state context description target_url", "state context description target_url")
    comment = "id body %s" % user
    operation("comments", "GET %s/issues/{issue_number}/comments" % repo, comment)
    operation("comment", "POST %s/issues/{issue_number}/comments" % repo, comment, "body")
    operation("comment-edit", "PATCH %s/issues/comments/{comment_id}" % repo, comment, "body")
    output = "output(title summary annotations(path start_line end_line annotation_level message))"
    operation("check", "POST %s/check-runs" % repo, "id head_sha name", "name head_sha status conclusion " + output)
    operation("check-edit", "PATCH %s/check-runs/{check_run_id}" % repo, "id head_sha name", output)
    operation("installation", "GET %s/installation" % repo, "id permissions(metadata pull_requests statuses checks)")
    operation(
        "token",
        "POST /app/installations/{installation_id}/access_tokens",
        "token expires_at",
        "repositories permissions(metadata pull_requests statuses checks)",
    )
    operation("user", "GET /user", "id login")
    operation("app", "GET /app", "id slug")
    write("github.json", schemas, paths)


def gitea(package):
    with open(package + "/dist/index.d.ts", encoding="utf-8") as source:
        text = source.read()
    # The declarations do not say what may be null: what Go has a pointer for.
    types = Declarations(text, ("head.repo", "label", "user", "assignee"))
    schemas, paths = {}, {}

    def operation(name, line, answer, keep, question=None, asked=""):
        at = text.index("@request " + line.replace(" ", ":") + "\n")
        call = text[at : text.index("=>", at)]
        query = re.search(r"query\?: \{(.*?)^        \}", call, re.S | re.M)
        paths[line] = sorted(re.findall(r"^            (\w+)\??:", query[1], re.M)) if query else []
        schemas[name] = types.trim(answer, tree(keep))
        if question:
            schemas[name + "-question"] = types.trim(question, tree(asked))

    repo = "/repos/{owner}/{repo}"
    user = "user(id login)"
    branch = "(sha ref label repo_id repo(id))"
    pull = "number title html_url state draft merged %s labels(id name) updated_at head%s base%s" % (user, branch, branch)
    operation("pulls", "GET %s/pulls" % repo, "PullRequest[]", pull)
    operation("pull", "GET %s/pulls/{index}" % repo, "PullRequest", pull)
    operation("events", "GET %s/issues/{index}/timeline" % repo, "TimelineComment[]", "id type body %s label(id name) created_at" % user)
    operation("permission", "GET %s/collaborators/{collaborator}/permission" % repo, "RepoCollaboratorPermission", "permission role_name " + user)
    said = "context description target_url "
    operation("status", "POST %s/statuses/{sha}" % repo, "CommitStatus", "id status " + said, "CreateStatusOption", "state " + said)
    comment = "id body " + user
    operation("comments", "GET %s/issues/{index}/comments" % repo, "Comment[]", comment)
    operation("comment", "POST %s/issues/{index}/comments" % repo, "Comment", comment, "CreateIssueCommentOption", "body")
    operation("comment-edit", "PATCH %s/issues/comments/{id}" % repo, "Comment", comment, "EditIssueCommentOption", "body")
    operation("user", "GET /user", "User", "id login")
    write("gitea.json", schemas, paths)


def gitlab(package):
    with open(package + "/dist/index.d.ts", encoding="utf-8") as source:
        text = source.read()
    # GitLab's own description of merge requests: null when the fork is gone, and while there is no commit.
    types = Declarations(text, ("source_project_id", "sha", "target_url", "label"))
    schemas = {}

    def options(name):
        """Options of a call are sent with '_' before each word."""
        body = re.search(r"^type %s = \{(.*?)^\};" % name, text, re.S | re.M)[1]
        found = re.findall(r"^    (\w+)\??: (.*?);$", body, re.M)
        return {re.sub("([A-Z])", lambda m: "_" + m[1].lower(), k): types.trim(v, LEAF) for k, v in found}

    user = "(id username)"
    merge = tree(
        "iid title web_url state author%s sha source_branch target_branch source_project_id target_project_id draft labels updated_at"
        % user
    )
    schemas["pulls"] = types.trim("MergeRequestSchemaWithBasicLabels[]", merge)
    schemas["pull"] = types.trim("MergeRequestSchemaWithBasicLabels", merge)
    schemas["events"] = types.trim("LabelEventSchema[]", tree("id action user%s label(id name) created_at" % user))
    schemas["versions"] = types.trim("MergeRequestDiffVersionsSchema[]", tree("id head_commit_sha created_at state"))
    schemas["permission"] = types.trim("SimpleMemberSchema", tree("id username state access_level"))
    schemas["comments"] = types.trim("NoteSchema[]", tree("id body author%s system" % user))
    schemas["comment"] = types.trim("NoteSchema", tree("id body author%s system" % user))
    schemas["comment-edit"] = schemas["comment"]
    body = {"type": "object", "properties": {"body": {"type": "string"}}, "required": ["body"], "additionalProperties": False}
    schemas["comment-question"] = schemas["comment-edit-question"] = body
    schemas["status"] = types.trim("CommitStatusSchema", tree("id status name description target_url sha"))
    schemas["status-question"] = {
        "type": "object",
        "properties": {"state": types.trim("CommitablePipelineStatus", LEAF), **options("EditPipelineStatusOptions")},
        "required": ["state"],
        "additionalProperties": False,
    }
    schemas["user"] = types.trim("UserSchema", tree("id username"))
    # The package has no list of paths: from the pages of GitLab's API, with what each takes in its query.
    project = "/projects/{id}"
    merges = project + "/merge_requests"
    paths = {
        "GET %s" % merges: ["order_by", "page", "per_page", "scope", "sort", "state"],
        "GET %s/{iid}" % merges: [],
        "GET %s/{iid}/resource_label_events" % merges: ["page", "per_page"],
        "GET %s/{iid}/versions" % merges: ["page", "per_page"],
        "GET %s/{iid}/notes" % merges: ["order_by", "page", "per_page", "sort"],
        "POST %s/{iid}/notes" % merges: [],
        "PUT %s/{iid}/notes/{note}" % merges: [],
        "GET %s/members/all/{user}" % project: [],
        "POST %s/statuses/{sha}" % project: [],
        "GET /user": [],
    }
    write("gitlab.json", schemas, paths)


github(sys.argv[1])
gitea(sys.argv[2])
gitlab(sys.argv[3])
