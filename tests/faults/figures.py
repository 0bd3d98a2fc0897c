"""The figures of a campaign as the tables of docs/reliability.md."""

from typing import Any


def as_text(figures: dict[str, Any]) -> str:
    """Tables in Markdown."""
    lines = ["| what | how many | broken | seconds |", "| --- | --- | --- | --- |"]
    if simulation := figures.get("simulation"):
        seeds = f"seeds {simulation['first_seed']} to {simulation['first_seed'] + simulation['schedules'] - 1}"
        lines.append(
            f"| schedules, {seeds} | {simulation['schedules']} | {len(simulation['broken'])} | {simulation['seconds']} |"
        )
        lines += [f"| … {what} | {count} | | |" for what, count in simulation["happened"].items()]
    for each in figures["parts"]:
        lines.append(f"| {each['name']} | | {'0' if each['good'] else 'yes'} | {each['seconds']} |")
        lines += [f"| … {what} | {count} | | |" for what, count in each["counts"].items()]
    if simulation and simulation["mutants"]:
        lines += ["", "| planted defect | found by schedule |", "| --- | --- |"]
        lines += [f"| {name} | {tried or 'NOT FOUND'} |" for name, tried in simulation["mutants"].items()]
    return "\n".join(lines) + "\n"
