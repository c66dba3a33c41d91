"""Makes the fonts of the social cards. To run it again, in a throw-away folder:

    python3 -m venv venv && venv/bin/pip install fonttools==4.68.0 brotli==1.2.1
    npm pack @fontsource-variable/literata@5.3.0 && tar xzf *.tgz
    venv/bin/python …/fonts/subset.py package …/fonts
"""

import sys
from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# Latin as France writes it, Basque, Breton, Corsican, Occitan and names from the rest of Europe and from Polynesia,
# with the punctuation that goes with them.
LETTERS = [(0x20, 0x7E), (0xA0, 0xFF), (0x152, 0x153), (0x178, 0x178), (0x2BB, 0x2BC), (0x2010, 0x2015),
           (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A),
           (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2212, 0x2212)]
# In the title's font alone: what the other lacks is drawn with it.
MORE_LETTERS = [(0x100, 0x17F), (0x218, 0x21B), (0x1E9E, 0x1E9E), (0x2190, 0x2193), (0x2248, 0x2265)]


def make(package, name, letters, **axes):
    parts = []
    for subset in ("latin", "latin-ext"):
        font = TTFont(f"{package}/files/literata-{subset}-opsz-normal.woff2")
        font.flavor = None
        parts.append(f"{subset}.ttf")
        instantiateVariableFont(font, axes).save(parts[-1])
    font = Merger().merge(parts)
    options = Options()
    options.layout_features = ["ccmp", "kern", "liga", "locl"]
    options.hinting = False
    options.drop_tables += ["STAT", "gasp", "meta", "vhea", "vmtx"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in letters for code in range(first, last + 1)])
    subsetter.subset(font)
    # What the font lacks (an emoji) leaves no gap.
    font["hmtx"][".notdef"] = (0, 0)
    font["OS/2"].usWeightClass = axes["wght"]
    font["name"].setName("Parvis " + name, 1, 3, 1, 0x409)
    font["name"].setName("Regular", 2, 3, 1, 0x409)
    font["name"].setName("Parvis " + name, 4, 3, 1, 0x409)
    font["name"].setName("Parvis-" + name, 6, 3, 1, 0x409)
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    return font


if __name__ == "__main__":
    package, folder = sys.argv[1:]
    make(package, "Title", LETTERS + MORE_LETTERS, opsz=28, wght=700).save(f"{folder}/title.ttf")
    make(package, "Text", LETTERS, opsz=18, wght=550).save(f"{folder}/text.ttf")
