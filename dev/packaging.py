"""`./wallet package`: builds what is deployed to AWS, `deployment.zip` and its CloudFormation template `sam.json`.

Chalice turns app.py into functions, routes and a template; infra/ is laid over it. Then this finishes what Chalice
leaves: dependencies for the processor and Python that Lambda runs, by hash; bytecode; and none of botocore's
descriptions of services that the wallet does not use (dev/lambda_zip.py). Packaging the same commit twice gives the
same bytes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from chalicelib.routes.late import PLACES
from dev import functions, refusals
from dev.lambda_zip import (
    DEPLOYED_PYTHON,
    CannotPackage,
    Install,
    compile_bytecode,
    install_dependencies,
    prune,
    write_zip,
)
from dev.templates import EDGE, OVERRIDES, RESOURCES, ROOT, Template, load_template

STAGES = ("dev", "prod")
SHIPPED = ("app.py", "chalicelib", ".chalice/config.json", ".chalice/policy.json")
LASTING = "RetainExceptOnCreate"
"""What outlives a stack, unless it was never made whole: named things that a failed first deployment left would be in the second's way."""
LITTER = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments", "deployed")


def merged_infra(stage: str) -> Template:
    """Returns the files of infra/ laid over each other, their stage chosen: what Chalice is to merge."""
    merged = _laid_over(load_template(OVERRIDES), load_template(RESOURCES))
    merged = _laid_over(load_template(EDGE), _laid_over({"Resources": functions.resources()}, merged))
    spoken = {"x-amazon-apigateway-gateway-responses": refusals.responses()}
    merged = _laid_over({"Resources": {"RestAPI": {"Properties": {"DefinitionBody": spoken}}}}, merged)
    # The package of one stage deployed over the other would take its memory, and from prod what guards its data.
    told = f"This is the package of {stage}; `./wallet package --stage` makes the other one."
    mine = {"Assert": {"Fn::Equals": [{"Ref": "Stage"}, stage]}, "AssertDescription": told}
    merged["Rules"]["PackageIsOfTheStage"] = {"Assertions": [mine]}
    merged["Parameters"]["Stage"]["Default"] = stage
    return cast(Template, merged if stage == "prod" else _gone_with_the_stack(merged))


def _gone_with_the_stack(template: Template) -> Template:
    """A stage for trying things out leaves nothing, or nobody could make it a second time: names that are in use are refused. What stays
    always is the account's.
    """
    for resource in template["Resources"].values():
        if resource.get("DeletionPolicy") == LASTING:
            resource["DeletionPolicy"] = resource["UpdateReplacePolicy"] = "Delete"
    return template


def _laid_over(upper: Any, lower: Any) -> Any:
    if isinstance(upper, dict) and isinstance(lower, dict):
        return {**lower, **{key: _laid_over(value, lower.get(key)) for key, value in upper.items()}}
    return upper


def copy_project(project: Path, workshop: Path) -> None:
    """Copies what is shipped, without bytecode, so that packaging never touches the working tree."""
    for name in SHIPPED:
        source, target = project / name, workshop / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=LITTER)
        else:
            shutil.copyfile(source, target)
    for link in sorted((project / "vendor").iterdir()):
        shutil.copytree(link.resolve(), workshop / "vendor" / link.name, ignore=LITTER)
    # Chalice would download for the machine that it runs on first; install_dependencies does better.
    (workshop / "requirements.txt").touch()


def run_chalice(workshop: Path, stage: str) -> Path:
    """Runs `chalice package` in the workshop and returns the directory with `sam.json` and `deployment.zip`."""
    out = workshop / "out"
    (workshop / "infra.json").write_text(json.dumps(merged_infra(stage)))
    # Chalice wants a region to read the placeholders' ARNs; nothing of it gets into the package.
    env = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("PYTHONPATH", "PYTHONSAFEPATH"):
        env.pop(name, None)
    command = [sys.executable, "-W", "ignore", "-c", "from chalice.cli import main; main()", "package"]
    command += ["--stage", stage, "--merge-template", "infra.json", str(out)]
    done = subprocess.run(command, cwd=workshop, env=env, capture_output=True, text=True, check=False)
    if done.returncode or not (out / "sam.json").exists():
        last = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise CannotPackage(f"`chalice package` did not succeed. The last that it said:\n{last}")
    return out


def finished_template(path: Path, python: str) -> Template:
    """Returns Chalice's template for the Python that is deployed. Raises CannotPackage when infra/ names a stranger."""
    template = cast(Template, json.loads(path.read_text()))
    strangers = [name for name, resource in template["Resources"].items() if "Type" not in resource]
    if strangers:
        raise CannotPackage(f"infra/overrides.yaml lies over what app.py does not declare: {', '.join(strangers)}")
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Api":
            api = resource["Properties"]["DefinitionBody"]
            api["paths"] = _laid_over(refusals.unanswered_methods(api["paths"]), api["paths"])
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Runtime"] = f"python{python}"
            _require_streams(name, resource["Properties"].get("Events", {}))
    return _asking_aliases(template)


def _asking_aliases(template: Template) -> Template:
    """API Gateway asks the release that is live, where a function has one: Chalice knows functions without releases alone. SAM makes
    the alias's resource, and names it so.
    """
    asked = {"AWS::Serverless::Api", "AWS::Lambda::Permission"}
    for name, function in template["Resources"].items():
        if "AutoPublishAlias" not in function.get("Properties", {}):
            continue
        alias = f"{name}Alias{function['Properties']['AutoPublishAlias']}"
        for other, resource in template["Resources"].items():
            if resource["Type"] in asked:
                text = json.dumps(resource).replace(f"${{{name}.Arn}}", f"${{{alias}}}")
                template["Resources"][other] = json.loads(text.replace(f'{{"Ref": "{name}"}}', f'{{"Ref": "{alias}"}}'))
    return template


def _require_streams(function: str, events: Template) -> None:
    for event, source in events.items():
        if isinstance(source["Properties"].get("Stream"), str):
            raise CannotPackage(f"infra/overrides.yaml gives {function}.{event} no stream: a placeholder is left")


def package_template(out: Path, stage: str, python: str = DEPLOYED_PYTHON, project: Path = ROOT) -> Path:
    """Writes the template alone, in a second or two; returns its path."""
    with tempfile.TemporaryDirectory() as name:
        workshop = Path(name)
        copy_project(project, workshop)
        template = finished_template(run_chalice(workshop, stage) / "sam.json", python)
    out.mkdir(parents=True, exist_ok=True)
    written = out / "sam.json"
    written.write_text(json.dumps(template, indent=2, ensure_ascii=False) + "\n")
    return written


def package(
    out: Path, stage: str, interpreter: str, python: str, project: Path = ROOT, install: Install = install_dependencies
) -> tuple[Path, Path]:
    """Writes `sam.json` and `deployment.zip` into `out` and returns their paths."""
    with tempfile.TemporaryDirectory() as name:
        site = Path(name) / "site"
        template = build(Path(name), site, stage, interpreter, python, project, install)
        out.mkdir(parents=True, exist_ok=True)
        zipped = write_zip(site, out / "deployment.zip")
    written = out / "sam.json"
    written.write_text(json.dumps(template, indent=2, ensure_ascii=False) + "\n")
    return written, zipped


def build(
    work: Path, site: Path, stage: str, interpreter: str, python: str, project: Path, install: Install
) -> Template:
    """Puts into `site` what Lambda unpacks, and returns the template beside it."""
    workshop = work / "workshop"
    copy_project(project, workshop)
    made = run_chalice(workshop, stage)
    template = finished_template(made / "sam.json", python)
    install(project / "requirements.txt", site, python)
    shutil.unpack_archive(made / "deployment.zip", site)
    write_places(workshop, site)
    prune(site)
    compile_bytecode(site, interpreter)
    return template


def write_places(workshop: Path, site: Path) -> None:
    """Tells the package which file serves what, so that a cold start imports the one that it needs."""
    program = "import sys; from pathlib import Path; from chalicelib.routes import late; late.write(Path(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(site / "chalicelib" / "routes" / PLACES.name)]
    env = {**os.environ, "PYTHONPATH": f"{workshop}{os.pathsep}{workshop / 'vendor'}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=workshop, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotPackage(f"The routes could not be listed:\n{done.stderr[-2000:]}")


def version_of(interpreter: str) -> str | None:
    """Returns `3.13` and the like, or None when the interpreter does not run."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([interpreter, "-I", "-c", ask], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def find_interpreter(python: str) -> str:
    """Returns the path of a Python of that version: of this process, on PATH, pyenv's or uv's. Raises CannotPackage."""
    candidates = [sys.executable, shutil.which(f"python{python}") or ""]
    for store in ("~/.pyenv/versions", "~/.local/share/uv/python"):
        candidates += [str(found) for found in sorted(Path(store).expanduser().glob(f"*{python}*/bin/python{python}"))]
    for candidate in candidates:
        if candidate and version_of(candidate) == python:
            return candidate
    raise CannotPackage(
        f"The package is compiled for Python {python}, which Lambda runs, and none was found on PATH, in pyenv or in "
        f"uv.\nGet one with `uv python install {python}` or `pyenv install {python}`, or package for the Python that "
        "runs this with `./wallet package --runtime current`."
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet package", description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "package", help="default: build/package")
    parser.add_argument("--stage", choices=STAGES, default="dev", help="default: dev")
    parser.add_argument("--runtime", default=DEPLOYED_PYTHON, help="3.11 to 3.13 or `current`; default: %(default)s")
    parser.add_argument("--template-only", action="store_true", help="write sam.json, and no zip")
    chosen = parser.parse_args(arguments)
    python = "{}.{}".format(*sys.version_info[:2]) if chosen.runtime == "current" else chosen.runtime
    try:
        if chosen.template_only:
            print(package_template(chosen.out, chosen.stage, python))
            return 0
        print(f"Packaging for {chosen.stage}, Python {python} on arm64 …", flush=True)
        template, zipped = package(chosen.out, chosen.stage, find_interpreter(python), python)
    except CannotPackage as problem:
        print(f"wallet: {problem}", file=sys.stderr)
        return 1
    print(f"{zipped}  {zipped.stat().st_size / 1e6:.1f} MB\n{template}")
    print("To deploy: `aws cloudformation package` uploads the zip, `aws cloudformation deploy` makes the stack.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
