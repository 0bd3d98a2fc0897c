"""How columns share the width of a table."""


def shared_out(wanted: dict[int, int], room: int, *, least: int) -> dict[int, int]:
    """Widths that fit into `room` pixels: all that is wanted, or the widest cut down to one common width.

    No column is cut below `least`, even where the sum then exceeds the room and the table scrolls.
    """
    if sum(wanted.values()) <= room:
        return dict(wanted)
    low, high = least, max(wanted.values())
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(width, middle) for width in wanted.values()) <= room:
            low = middle
        else:
            high = middle - 1
    return {place: min(width, low) for place, width in wanted.items()}
