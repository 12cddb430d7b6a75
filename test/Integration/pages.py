# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads the pages of --report=FILE.html, strictly."""

import html.parser
import re

# Of HTML; in SVG any element may be closed in its own tag.
VOID = {"meta", "img", "source", "br"}
# What an attribute may load.
LOADING = {"src", "href", "srcset", "data", "poster", "action", "background", "xlink:href"}
FORBIDDEN = {"script", "link", "iframe", "object", "embed", "base", "form", "use", "image"}


class Page(html.parser.HTMLParser):
    """Elements, and tables by id: rows of texts, the first one of headers."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.tables, self.ids = [], [], {}, []
        self.texts, self.table, self.cell = {}, None, None
        assert text.startswith("<!DOCTYPE html>")
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"
        assert len(set(self.ids)) == len(self.ids), "an id is there twice"

    def handle_starttag(self, tag, attributes):
        self.note(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)
        named = dict(attributes)
        if tag == "table":
            self.table = self.tables[named["id"]] = []
        elif tag == "tr":
            self.table.append([])
        elif tag in ("td", "th"):
            self.table[-1].append("")
            self.cell = True

    def handle_startendtag(self, tag, attributes):
        assert tag in VOID or "svg" in self.open, f"<{tag}/> is not closed"
        self.note(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> in {self.open}"
        self.open.pop()
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)
        if self.cell:
            self.table[-1][-1] += data

    def note(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes), attributes
        self.elements.append((tag, dict(attributes)))
        self.ids += [value for name, value in attributes if name == "id"]

    def check_alone(self):
        """Nothing runs, and nothing is loaded from elsewhere."""
        for tag, attributes in self.elements:
            assert tag not in FORBIDDEN, tag
            for name, value in attributes.items():
                assert not name.startswith("on"), (tag, name)
                if name in LOADING:
                    assert value.startswith(("#", "data:")), (tag, name, value[:80])
                if name == "style":
                    assert not re.search(r"url|expression|import", value), value
                if name == "href" and value.startswith("#"):
                    assert value[1:] in self.ids, value
        for text in self.texts["style"]:
            assert "url(" not in text and "@import" not in text

    def check_tables(self):
        """Every table has a caption, headers, and rows as long as these; every
        picture has words."""
        assert len(self.texts["caption"]) == len(self.tables)
        for name, rows in self.tables.items():
            assert all(len(row) == len(rows[0]) for row in rows), name
        for tag, attributes in self.elements:
            if tag == "svg":
                assert attributes["role"] == "img" and attributes["aria-label"]
            if tag == "img":
                assert attributes["alt"]

    def column(self, table, title):
        """By the first cell of the row, or the second where that is a number."""
        rows = self.tables[table]
        at = rows[0].index(title)
        key = 1 if rows[0][0] == "No." else 0
        return {row[key]: row[at] for row in rows[1:]}


def number(text):
    return float(text.replace(",", ""))
