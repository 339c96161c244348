"""What import-linter cannot see: foreign keys, templates and addresses point down; migrations are one line each."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from django.template.backends.django import get_installed_libraries

import dragoman

ROOT = Path(dragoman.__file__).parent
PROJECT = ROOT.parent.parent
SEAM = "base.html"  # the one declared exception: every page's frame is the site's
_TAG = re.compile(r"""{%-?\s*(extends|include)\s+(\S+)""")
_LOAD = re.compile(r"{%-?\s*load\s+([\w\s]+?)(?:\s+from\s+(\w+))?\s*-?%}")


def order() -> list[str]:
    """The packages, ground floor first, as import-linter holds them."""
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in told if contract["type"] == "layers"]
    return [name.removeprefix("dragoman.") for name in reversed(layers)]


ORDER = order()


def floor(package: str) -> int:
    return ORDER.index(package)


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def test_every_package_has_its_place() -> None:
    present = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(ORDER) == present
    assert ORDER[0] == "text"
    assert ORDER[-1] == "site"


# --- foreign keys ---


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("dragoman.")]


def package_of_model(model: type[Model]) -> str:
    return model.__module__.split(".")[1]


def test_foreign_keys_point_down() -> None:
    upwards = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in own_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if isinstance(field.related_model, type)
        and field.related_model.__module__.startswith("dragoman.")
        and floor(package_of_model(field.related_model)) > floor(package_of_model(model))
    ]
    assert upwards == []
    assert any(field.related_model for model in own_models() for field in model._meta.fields)


# --- templates ---

TEMPLATES = sorted(ROOT.glob("*/templates/**/*.*"))


def owners() -> dict[str, set[str]]:
    """Which packages have a template of a name."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in TEMPLATES:
        found[path.relative_to(ROOT / package_of(path) / "templates").as_posix()].add(package_of(path))
    return found


def references(path: Path) -> Iterator[str]:
    for tag, argument in _TAG.findall(path.read_text("utf-8")):
        quoted = re.fullmatch(r"""["']([^"']+)["']""", argument)
        # A name that is only known at run time could lead anywhere.
        assert quoted is not None, f"{path.relative_to(ROOT)}: {tag} {argument}"
        yield quoted[1]


def test_templates_extend_and_include_downwards() -> None:
    owned = owners()
    assert len(owned[SEAM]) == 1
    upwards = [
        f"{path.relative_to(ROOT)} → {name}"
        for path in TEMPLATES
        for name in references(path)
        if name != SEAM and name in owned and min(map(floor, owned[name])) > floor(package_of(path))
    ]
    assert upwards == []
    assert sum(1 for path in TEMPLATES for _ in references(path)) > 20


def test_templates_load_tags_of_packages_below() -> None:
    libraries = get_installed_libraries()
    for path in TEMPLATES:
        for names, library in _LOAD.findall(path.read_text("utf-8")):
            for name in [library] if library else names.split():
                module = libraries.get(name, "")
                if module.startswith("dragoman."):
                    assert floor(module.split(".")[1]) <= floor(package_of(path)), f"{path}: {name}"


def test_code_renders_templates_of_its_own_package_or_below() -> None:
    owned = owners()
    upwards = [
        f"{path.relative_to(ROOT)} → {node.value}"
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value in owned
        and min(map(floor, owned[node.value])) > floor(package_of(path))
    ]
    assert upwards == []


# --- addresses ---


def test_nobody_reverses_the_address_of_a_package_above() -> None:
    """Addresses come from the registry in `languages`; `reverse` and `url` know one's own routes and Wagtail's."""
    names = {
        package_of(path): set(re.findall(r'name="(\w+)"', path.read_text("utf-8")))
        for path in ROOT.rglob("urls.py")
    }
    upwards = []
    for path in [*ROOT.rglob("*.py"), *TEMPLATES]:
        said = re.findall(r"""(?:\breverse\(|{%-?\s*url\s+)["'](\w+)["']""", path.read_text("utf-8"))
        upwards += [
            f"{path.relative_to(ROOT)} → {name}"
            for name in said
            for package, own in names.items()
            if name in own and floor(package) > floor(package_of(path))
        ]
    assert upwards == []


# --- migrations ---


@pytest.mark.parametrize(
    "label", [config.label for config in apps.get_app_configs() if config.name.startswith("dragoman.")]
)
def test_migrations_are_one_line(label: str) -> None:
    graph = MigrationLoader(None).graph
    nodes = sorted(name for app, name in graph.nodes if app == label)
    if not nodes:
        assert not list(apps.get_app_config(label).get_models())
        return
    assert [name[:4] for name in nodes] == [f"{number:04}" for number in range(1, len(nodes) + 1)]
    assert len(graph.leaf_nodes(label)) == 1
    for name in nodes:
        above = [parent for parent in graph.node_map[(label, name)].parents if parent.key[0] == label]
        assert len(above) <= 1


def test_migrations_depend_downwards() -> None:
    own = {
        config.label: config.name.split(".")[1]
        for config in apps.get_app_configs()
        if config.name.startswith("dragoman.")
    }
    graph = MigrationLoader(None).graph
    upwards = [
        f"{label}.{name} → {parent.key}"
        for (label, name), node in graph.node_map.items()
        if label in own
        for parent in node.parents
        if parent.key[0] in own and floor(own[parent.key[0]]) > floor(own[label])
    ]
    assert upwards == []
