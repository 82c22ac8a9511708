"""Cells with a row and a column, played as tests, and told in one picture."""
from simulated import Wrong


class Matrix:
    def __init__(self, command):
        self.command = command
        self.rows = {}  # row: column: marks

    def tests(self, cells):
        return [(name, self.play, (self.place(row, column), name, function, words))
                for row, column, name, function, words in cells]

    def place(self, row, column):
        marks = self.rows.setdefault(row, {}).setdefault(column, [])
        marks.append("?")
        return marks, len(marks) - 1

    def play(self, place, name, function, words):
        marks, at = place
        marks[at] = "X"
        try:
            done = function(*words)
        except Wrong as wrong:
            again = f"--seeds {words[0]}" if name == f"seed {words[0]}" else f"--only '{name}'"
            raise Wrong(f"{wrong}\nagain: {self.command} {again}") from None
        marks[at] = "o" if done is False else "."

    def print(self):
        columns = list(dict.fromkeys(column for row in self.rows.values() for column in row))
        widths = {c: max(len(c), *(len(row.get(c, "")) for row in self.rows.values())) for c in columns}
        first = max(map(len, self.rows), default=0)
        print("#\n# . as undisturbed   o the same, once it ran again after an error   X not\n#")
        print("#", " " * first, *(f" {column:{widths[column]}}" for column in columns))
        for name, row in self.rows.items():
            print("#", f"{name:{first}}", *(f" {''.join(row.get(c, '')):{widths[c]}}" for c in columns))
        marks = [mark for row in self.rows.values() for column in row.values() for mark in column]
        print(f"#\n# {len(marks)} cells, {sum(mark in 'X?' for mark in marks)} of them wrong")
