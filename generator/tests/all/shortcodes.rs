//! What a page shows beyond Markdown: figures, charts, maps…

use crate::place::{Place, photograph};
use insta::assert_snapshot;

const PLACES: &str = r#"{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"name": "Sault"}, "geometry": {"type": "Polygon",
   "coordinates": [[[5.3, 44.0], [5.5, 44.0], [5.5, 44.2], [5.3, 44.2], [5.3, 44.0]]]}},
  {"type": "Feature", "properties": {"name": "L'école", "text": "Un banc ?"}, "geometry": {"type": "Point",
   "coordinates": [5.4, 44.1]}}
]}"#;

fn place() -> Place {
    Place::new()
        .file("content/banc.png", photograph(8, 6))
        .file("content/lieux.geojson", PLACES)
        .file("content/notice.txt", "Une notice.")
}

/// What a chart of a kind makes of a table.
fn chart(kind: &str, table: &str) -> String {
    place().home(&format!("{{% chart(kind=\"{kind}\", title=\"Les votes\") %}}\n\n{table}\n\n{{% end %}}\n"))
}

#[test]
fn a_figure() {
    let body = "Avant.\n\n{{ figure(src=\"banc.png\", alt=\"Un banc d'école\", caption=\"Le banc : enfin !\", credit=\"A. N.\") }}\n\nAprès.\n";
    assert_snapshot!(place().home(body), @r#"
    <p>Avant.</p>
    <figure><picture><source type="image/avif" srcset="/banc.4c8a176e-8.avif 8w" sizes="(min-width: 48rem) 44rem, 100vw"><source type="image/webp" srcset="/banc.4c8a176e-8.webp 8w" sizes="(min-width: 48rem) 44rem, 100vw"><img src="/banc.4c8a176e-8.jpg" width="8" height="6" alt="Un banc d’école"></picture><figcaption>Le banc~: enfin^! A. N.</figcaption></figure>
    <p>Après.</p>
    "#);
}

#[test]
fn a_video_is_a_link() {
    let body = "{{ video(url=\"https://www.tube.example/v?a=1&b=2\", title=\"Le conseil du 3 mai\", duration=\"3 min\") }}\n";
    assert_snapshot!(place().home(body), @r#"
    <a class="video" href="https://www.tube.example/v?a=1&amp;b=2">Le conseil du 3 mai (tube.example, 3 min)</a>
    "#);
}

#[test]
fn a_map_with_its_list() {
    let body = "{{ map(file=\"lieux.geojson\", title=\"Où ?\", description=\"Les lieux\") }}\n";
    assert_snapshot!(place().home(body), @r#"
    <figure id="carte-1" class="map">Où^?, Les lieux, 800 × 994, Sault, 1: L’école Un banc^?</figure>
    "#);
}

#[test]
fn the_file_of_a_map_is_not_published() {
    let body = "{{ map(file=\"lieux.geojson\", title=\"Où\") }}\n";
    let place = place().page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\n", body);
    place.build("2026-11-21T09:00:00Z");
    assert!(!place.files("public").iter().any(|file| file.ends_with(".geojson")));
}

#[test]
fn a_callout_goes_round_a_text() {
    let body = "{% callout(title=\"À savoir\", kind=\"warning\") %}\nUn *texte* : [là](@/sault/_index.md).\n\n- un\n- deux\n{% end %}\n\n{% callout() %}\nSeul.\n{% end %}\n";
    assert_snapshot!(place().home(body), @r#"
    <aside class="warning">À savoir
    <p>Un <em>texte</em>~: <a href="/sault/">là</a>.</p>
    <ul>
    <li>un</li>
    <li>deux</li>
    </ul></aside>
    <aside class="info">
    <p>Seul.</p></aside>
    "#);
}

#[test]
fn key_figures_a_timeline_and_a_quote() {
    let body = "{% key_figures() %}\n- **312** projets déposés\n{% end %}\n\n{% timeline() %}\n- **10 mai 2024** Ouverture\n{% end %}\n\n{% quote(author=\"Awa N.\", role=\"habitante\") %}\nC'est bien !\n{% end %}\n";
    assert_snapshot!(place().home(body), @r#"
    <div class="figures"><ul>
    <li><strong>312</strong> projets déposés</li>
    </ul></div>
    <div class="timeline"><ul>
    <li><strong>10 mai 2024</strong> Ouverture</li>
    </ul></div>
    <blockquote><p>C’est bien^!</p><footer>Awa N., habitante</footer></blockquote>
    "#);
}

#[test]
fn a_gallery_and_documents() {
    let body = "{% gallery() %}\n![Un banc](banc.png)\n![Un autre](banc.png)\n{% end %}\n\n{% documents() %}\n- [La notice](notice.txt)\n{% end %}\n";
    assert_snapshot!(place().home(body), @r#"
    <div class="gallery"><p><picture><source type="image/avif" srcset="/banc.4c8a176e-8.avif 8w" sizes="(min-width: 48rem) 44rem, 100vw"><source type="image/webp" srcset="/banc.4c8a176e-8.webp 8w" sizes="(min-width: 48rem) 44rem, 100vw"><img src="/banc.4c8a176e-8.jpg" width="8" height="6" alt="Un banc"></picture>
    <picture><source type="image/avif" srcset="/banc.4c8a176e-8.avif 8w" sizes="(min-width: 48rem) 44rem, 100vw"><source type="image/webp" srcset="/banc.4c8a176e-8.webp 8w" sizes="(min-width: 48rem) 44rem, 100vw"><img src="/banc.4c8a176e-8.jpg" width="8" height="6" alt="Un autre"></picture></p></div>
    <div class="documents"><ul>
    <li><a href="/notice.c61cb85b.txt">La notice (TXT, 11~octets)</a></li>
    </ul></div>
    "#);
}

#[test]
fn charts_keep_the_table_they_are_drawn_from() {
    assert_snapshot!(chart("bars", "| Projet | Voix |\n|---|---|\n| Un banc | 1 234,5 |\n| Un *puits* | 12 |"), @r#"
    <figure id="graphique-1" class="chart">Les votes, : bars, Un banc, 1^234,5, Un puits, 12
    <table><thead><tr><th>Projet</th><th>Voix</th></tr></thead><tbody>
    <tr><td>Un banc</td><td>1 234,5</td></tr>
    <tr><td>Un <em>puits</em></td><td>12</td></tr>
    </tbody></table></figure>
    "#);
    assert_snapshot!(chart("stacked", "| Projet | Papier | Ligne |\n|---|---|---|\n| Banc | 3 | 4 |"), @r#"
    <figure id="graphique-1" class="chart">Les votes, : stacked, Banc, 3, 4
    <table><thead><tr><th>Projet</th><th>Papier</th><th>Ligne</th></tr></thead><tbody>
    <tr><td>Banc</td><td>3</td><td>4</td></tr>
    </tbody></table></figure>
    "#);
    assert_snapshot!(chart("line", "| An | Voix |\n|---|---|\n| 2024 | 3 |\n| 2025 | 4 |"), @r#"
    <figure id="graphique-1" class="chart">Les votes, : line, 0, 1, 2, 3, 4, 2025, 2024, 3, 4
    <table><thead><tr><th>An</th><th>Voix</th></tr></thead><tbody>
    <tr><td>2024</td><td>3</td></tr>
    <tr><td>2025</td><td>4</td></tr>
    </tbody></table></figure>
    "#);
    assert_snapshot!(chart("gauge", "| | Soutiens | Seuil |\n|---|---|---|\n| Banc | 3 | 4 |"), @r#"
    <figure id="graphique-1" class="chart">Les votes, : gauge, Banc, 75~%, Seuil 4, 3
    <table><thead><tr><th></th><th>Soutiens</th><th>Seuil</th></tr></thead><tbody>
    <tr><td>Banc</td><td>3</td><td>4</td></tr>
    </tbody></table></figure>
    "#);
    assert_snapshot!(chart("grades", "| Projet | Bien | Mal |\n|---|---|---|\n| Banc | 60 % | 40 % |"), @r#"
    <figure id="graphique-1" class="chart">Les votes, : grades, Banc, Bien, 60~%, 40~%, 50~%
    <table><thead><tr><th>Projet</th><th>Bien</th><th>Mal</th></tr></thead><tbody>
    <tr><td>Banc</td><td>60 %</td><td>40 %</td></tr>
    </tbody></table></figure>
    "#);
}

#[test]
fn a_shortcode_in_another() {
    let body = "{% callout(title=\"Dehors\") %}\nAvant.\n\n{% quote(author=\"Awa\") %}\nDedans.\n{% end %}\n\n{{ video(url=\"https://tube.example/v\", title=\"Vidéo\") }}\n\nAprès.\n{% end %}\n";
    assert_snapshot!(place().home(body), @r#"
    <aside class="info">Dehors
    <p>Avant.</p>
    <blockquote><p>Dedans.</p><footer>Awa, </footer></blockquote>
    <a class="video" href="https://tube.example/v">Vidéo (tube.example, )</a>
    <p>Après.</p></aside>
    "#);
}

#[test]
fn a_shortcode_in_code_is_code() {
    let body = "`{{ video(url=\"x\") }}`\n\n```\n{{ video(url=\"x\") }}\n{% end %}\n```\n\n~~~\n```\n{% quote() %}\n~~~\n\n    {{ figure(src=\"x\") }}\n";
    assert_snapshot!(place().home(body), @r#"
    <p><code>{{ video(url="x") }}</code></p>
    <pre><code>{{ video(url="x") }}
    {% end %}
    </code></pre>
    <pre><code>```
    {% quote() %}
    </code></pre>
    <pre><code>{{ figure(src="x") }}
    </code></pre>
    "#);
}

#[test]
fn a_shortcode_of_the_theme() {
    let theme = "{% component weather(city: string, days: integer = 1) %}<p>{{ city }}, {{ days }}</p>{% endcomponent weather %}\n{% component box() %}<div>{{ body | safe }}</div>{% endcomponent box %}\n";
    let place = place().template("shortcodes/weather", theme);
    let body = "{{ weather(city=\"Sault\", days=3) }}\n\n{{ weather(city=\"<b>\") }}\n\n{% box() %}\nUn *mot*.\n{% end %}\n";
    assert_snapshot!(place.home(body), @r"
    <p>Sault, 3</p>
    <p>&lt;b&gt;, 1</p>
    <div><p>Un <em>mot</em>.</p></div>
    ");
}

#[test]
fn an_argument_may_take_several_lines() {
    let body = "{{ video(\n  url=\"https://tube.example/v\",\n  title=\"Une vidéo, deux\",\n) }}\n";
    assert_snapshot!(place().home(body), @r#"
    <a class="video" href="https://tube.example/v">Une vidéo, deux (tube.example, )</a>
    "#);
}

#[test]
fn a_figure_without_alternative_text_and_one_of_what_is_no_image() {
    let body = "{{ figure(src=\"banc.png\") }}\n\n{{ figure(src=\"banc.png\", alt=\"\") }}\n\n{{ figure(src=\"notice.txt\", alt=\"Un banc\") }}\n\n{{ figure(src=\"bans.png\", alt=\"Un banc\") }}\n";
    assert_snapshot!(place().diagnostics_of(body), @r#"
    erreur: il manque la clé `alt`
     --> content/_index.md:5:4
      |
    5 | {{ figure(src="banc.png") }}
      |    ^^^^^^
      |
      = aide: ajoutez par exemple `alt = "…"`

    erreur: `alt` est vide
     --> content/_index.md:7:31
      |
    7 | {{ figure(src="banc.png", alt="") }}
      |                               ^^

    erreur: ce n’est pas une image : content/notice.txt
     --> content/_index.md:9:15
      |
    9 | {{ figure(src="notice.txt", alt="Un banc") }}
      |               ^^^^^^^^^^^^
      |
      = aide: déposez-la à côté de cette page, et écrivez `![description](image.jpg)`

    erreur: fichier introuvable : content/bans.png
      --> content/_index.md:11:15
       |
    11 | {{ figure(src="bans.png", alt="Un banc") }}
       |               ^^^^^^^^^^
       |
       = aide: vouliez-vous dire `banc.png` ?

    4 erreurs dans 1 fichier
    "#);
}

#[test]
fn an_argument_that_nobody_knows_or_of_the_wrong_type() {
    let body = "{{ figure(src=\"banc.png\", alt=\"Un banc\", legend=\"Le banc\") }}\n\n{{ video(url=3, title=\"Une vidéo\") }}\n\n{% callout(kind=\"danger\") %}\nAh.\n{% end %}\n";
    assert_snapshot!(place().diagnostics_of(body), @r#"
    erreur: clé inconnue `legend`
     --> content/_index.md:5:42
      |
    5 | {{ figure(src="banc.png", alt="Un banc", legend="Le banc") }}
      |                                          ^^^^^^
      |
      = aide: clés possibles ici : src, alt, caption, credit

    erreur: `url` attend un texte
     --> content/_index.md:7:14
      |
    7 | {{ video(url=3, title="Une vidéo") }}
      |              ^ ceci est un nombre
      |
      = aide: écrivez par exemple `url = "…"`

    erreur: valeur inconnue pour `kind` : « danger »
     --> content/_index.md:9:17
      |
    9 | {% callout(kind="danger") %}
      |                 ^^^^^^^^
      |
      = aide: valeurs possibles : info, warning, success

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_video_without_secure_address_or_title() {
    let body = "{{ video(url=\"http://tube.example/v\", title=\"Une vidéo\") }}\n\n{{ video(url=\"https://tube.example/v\") }}\n\n{{ video(url=\"https://nulle-part\", title=\"Une vidéo\") }}\n";
    assert_snapshot!(place().diagnostics_of(body), @r#"
    erreur: l’adresse d’une vidéo commence par https://
     --> content/_index.md:5:14
      |
    5 | {{ video(url="http://tube.example/v", title="Une vidéo") }}
      |              ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = aide: copiez l’adresse de la page où on la regarde

    erreur: il manque la clé `title`
     --> content/_index.md:7:4
      |
    7 | {{ video(url="https://tube.example/v") }}
      |    ^^^^^
      |
      = aide: ajoutez par exemple `title = "…"`

    erreur: l’adresse d’une vidéo commence par https://
     --> content/_index.md:9:14
      |
    9 | {{ video(url="https://nulle-part", title="Une vidéo") }}
      |              ^^^^^^^^^^^^^^^^^^^^
      |
      = aide: copiez l’adresse de la page où on la regarde

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_map_that_cannot_be_drawn() {
    let collection =
        |feature: &str| format!("{{\"type\": \"FeatureCollection\", \"features\": [{feature}]}}");
    let point = |properties: &str, at: &str| {
        collection(&format!(
            "{{\"type\": \"Feature\", \"properties\": {properties}, \"geometry\": {{\"type\": \"Point\", \"coordinates\": {at}}}}}"
        ))
    };
    let files = [
        ("a", "{\n  \"type\": oui }".to_owned()),
        ("b", "{}".to_owned()),
        ("c", collection("")),
        ("d", point("{\"name\": \"A\"}", "[1]")),
        ("e", point("{\"name\": 3}", "[5.4, 44.1]")),
        ("f", point("{}", "[5.4, 44.1]")),
        ("g", point("{\"name\": \"A\", \"url\": \"ailleurs\"}", "[5.4, 44.1]")),
        ("h", point("{\"name\": \"A\"}", "[355000, 6689000]")),
        ("i", point("{\"name\": \"A\"}", "[44.1, 5.4]")),
    ];
    let place = files
        .iter()
        .fold(place(), |place, (name, text)| place.file(&format!("content/{name}.geojson"), text));
    let maps: String = files
        .iter()
        .map(|(name, _)| format!("{{{{ map(file=\"{name}.geojson\", title=\"Où\") }}}}\n\n"))
        .collect();
    assert_snapshot!(place.diagnostics_of(&maps), @r#"
    erreur: ce n’est pas du JSON : la lecture s’arrête à la ligne 2, colonne 11
     --> content/_index.md:5:13
      |
    5 | {{ map(file="a.geojson", title="Où") }}
      |             ^^^^^^^^^^^
      |
      = aide: exportez de nouveau le fichier, ou corrigez-le à cet endroit

    erreur: ce n’est pas une carte : une `FeatureCollection` de GeoJSON est attendue
     --> content/_index.md:7:13
      |
    7 | {{ map(file="b.geojson", title="Où") }}
      |             ^^^^^^^^^^^
      |
      = aide: dessinez la carte sur geojson.io ou dans QGIS, et exportez-la en GeoJSON

    erreur: la carte est vide : aucun élément n’a de géométrie
     --> content/_index.md:9:13
      |
    9 | {{ map(file="c.geojson", title="Où") }}
      |             ^^^^^^^^^^^
      |
      = aide: dessinez la carte sur geojson.io ou dans QGIS, et exportez-la en GeoJSON

    erreur: élément n° 1 : géométrie illisible, ou qui n’est ni un point, ni une ligne, ni un polygone
      --> content/_index.md:11:13
       |
    11 | {{ map(file="d.geojson", title="Où") }}
       |             ^^^^^^^^^^^
       |
       = aide: séparez les géométries composées : un élément par point, ligne ou polygone

    erreur: élément n° 1 : `name`, `text` et `url` sont des textes
      --> content/_index.md:13:13
       |
    13 | {{ map(file="e.geojson", title="Où") }}
       |             ^^^^^^^^^^^
       |
       = aide: mettez leurs valeurs entre guillemets, ou retirez-les

    erreur: élément n° 1 : il manque le nom de ce point (propriété `name`)
      --> content/_index.md:15:13
       |
    15 | {{ map(file="f.geojson", title="Où") }}
       |             ^^^^^^^^^^^
       |
       = aide: donnez-lui un nom court : il est écrit dans la liste des lieux

    erreur: élément n° 1 : `url` commence par `https://`, `http://` ou `/`
      --> content/_index.md:17:13
       |
    17 | {{ map(file="g.geojson", title="Où") }}
       |             ^^^^^^^^^^^
       |
       = aide: donnez une adresse entière, ou celle d’une page de ce site depuis `/`

    erreur: élément n° 1 : [355000, 6689000] n’est pas une longitude et une latitude en degrés
      --> content/_index.md:19:13
       |
    19 | {{ map(file="h.geojson", title="Où") }}
       |             ^^^^^^^^^^^
       |
       = aide: GeoJSON veut [longitude, latitude], en degrés WGS 84 (EPSG:4326), et non en Lambert 93

    erreur: longitude et latitude sont probablement échangées : tous les lieux tombent au large de la Somalie
      --> content/_index.md:21:13
       |
    21 | {{ map(file="i.geojson", title="Où") }}
       |             ^^^^^^^^^^^
       |
       = aide: GeoJSON veut la longitude d’abord : [-1.55, 47.22] pour Nantes

    9 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_map_whose_file_is_missing_or_is_no_text() {
    let body = "{{ map(file=\"lieu.geojson\", title=\"Où\") }}\n\n{{ map(file=\"banc.png\", title=\"Où\") }}\n\n{{ map(title=\"Où\") }}\n";
    assert_snapshot!(place().diagnostics_of(body), @r#"
    erreur: fichier introuvable : content/lieu.geojson
     --> content/_index.md:5:13
      |
    5 | {{ map(file="lieu.geojson", title="Où") }}
      |             ^^^^^^^^^^^^^^
      |
      = aide: vouliez-vous dire `lieux.geojson` ?

    erreur: ce fichier ne se lit pas : stream did not contain valid UTF-8
     --> content/_index.md:7:13
      |
    7 | {{ map(file="banc.png", title="Où") }}
      |             ^^^^^^^^^^

    erreur: il manque la clé `file`
     --> content/_index.md:9:4
      |
    9 | {{ map(title="Où") }}
      |    ^^^
      |
      = aide: ajoutez par exemple `file = "…"`

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn an_unknown_shortcode() {
    let body = "{{ figur(src=\"banc.png\") }}\n\n{% encadre() %}\nAh.\n{% end %}\n";
    assert_snapshot!(place().diagnostics_of(body), @r#"
    erreur: module inconnu : `figur`
     --> content/_index.md:5:4
      |
    5 | {{ figur(src="banc.png") }}
      |    ^^^^^
      |
      = aide: vouliez-vous dire `figure` ?

    erreur: module inconnu : `encadre`
     --> content/_index.md:7:4
      |
    7 | {% encadre() %}
      |    ^^^^^^^
      |
      = aide: modules : figure, video, map, callout, key_figures, timeline, quote, gallery, documents, chart

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_shortcode_that_goes_round_a_text_and_one_that_does_not() {
    let body = "{{ callout(title=\"À savoir\") }}\n\n{% figure(src=\"banc.png\", alt=\"Un banc\") %}\nAh.\n{% end %}\n";
    assert_snapshot!(place().diagnostics_of(body), @r#"
    erreur: `callout` ne s’écrit pas ainsi
     --> content/_index.md:5:4
      |
    5 | {{ callout(title="À savoir") }}
      |    ^^^^^^^
      |
      = aide: écrivez `{% callout(…) %}`, un texte, puis `{% end %}`

    erreur: `figure` ne s’écrit pas ainsi
     --> content/_index.md:7:4
      |
    7 | {% figure(src="banc.png", alt="Un banc") %}
      |    ^^^^^^
      |
      = aide: écrivez `{{ figure(…) }}`, sans `{% end %}`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_shortcode_that_is_not_closed_or_closed_twice() {
    let body = "{% quote() %}\nAh.\n\n{% callout() %}\nOh.\n{% end %}\n";
    assert_snapshot!(place().diagnostics_of(body), @r"
    erreur: ce module n’est pas fermé
     --> content/_index.md:5:1
      |
    5 | {% quote() %}
      | ^^^^^^^^^^^^^
      |
      = aide: ajoutez `{% end %}` après son texte, seul sur sa ligne

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(place().diagnostics_of("{% quote() %}\nAh.\n{% end %}\n\n{% end %}\n"), @r"
    erreur: `{% end %}` ne ferme rien
     --> content/_index.md:9:1
      |
    9 | {% end %}
      | ^^^^^^^^^
      |
      = aide: retirez-le

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_shortcode_badly_written() {
    let body = "{{ figure }}\n\n{{ figure(src=\"banc.png\", alt=\"Un banc\") }} et du texte\n\n{% callout( %}\n\n{{ Figure(src=\"a\") }}\n\n{{ video(url=\"https://a.example/v\" title=\"Sans virgule\") }}\n\n{{ video(url=\"https://a.example/v\n";
    assert_snapshot!(place().diagnostics_of(body), @r#"
    erreur: module mal écrit
     --> content/_index.md:5:1
      |
    5 | {{ figure }}
      | ^^^^^^^^^^^^
      |
      = aide: écrivez `{{ nom(clé="valeur") }}`, ou `{% nom() %}` … `{% end %}`, seul sur sa ligne

    erreur: module mal écrit
     --> content/_index.md:7:1
      |
    7 | {{ figure(src="banc.png", alt="Un banc") }} et du texte
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = aide: écrivez `{{ nom(clé="valeur") }}`, ou `{% nom() %}` … `{% end %}`, seul sur sa ligne

    erreur: module mal écrit
     --> content/_index.md:9:1
      |
    9 | {% callout( %}
      | ^^^^^^^^^^^^^^
      |
      = aide: écrivez `{{ nom(clé="valeur") }}`, ou `{% nom() %}` … `{% end %}`, seul sur sa ligne

    erreur: module mal écrit
      --> content/_index.md:11:1
       |
    11 | {{ Figure(src="a") }}
       | ^^^^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez `{{ nom(clé="valeur") }}`, ou `{% nom() %}` … `{% end %}`, seul sur sa ligne

    erreur: il manque une virgule avant ceci
      --> content/_index.md:13:36
       |
    13 | {{ video(url="https://a.example/v" title="Sans virgule") }}
       |                                    ^
       |
       = aide: écrivez `clé="valeur"`, avec une virgule entre deux

    erreur: module mal écrit
      --> content/_index.md:15:1
       |
    15 | {{ video(url="https://a.example/v
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez `{{ nom(clé="valeur") }}`, ou `{% nom() %}` … `{% end %}`, seul sur sa ligne

    6 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_chart_that_cannot_be_drawn() {
    let chart = |kind: &str, table: &str| {
        place().diagnostics_of(&format!(
            "{{% chart(kind=\"{kind}\", title=\"Votes\") %}}\n{table}\n{{% end %}}\n"
        ))
    };
    assert_snapshot!(chart("bars", "Pas de tableau."), @r#"
    erreur: ce graphique n’a pas de tableau
     --> content/_index.md:5:4
      |
    5 | {% chart(kind="bars", title="Votes") %}
      |    ^^^^^
      |
      = aide: écrivez dessous un tableau : une colonne de noms, puis des colonnes de nombres

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(chart("bars", "| Projet | Voix |\n|---|---|\n| Banc | beaucoup |"), @r"
    erreur: « beaucoup » n’est pas un nombre
     --> content/_index.md:8:10
      |
    8 | | Banc | beaucoup |
      |          ^^^^^^^^
      |
      = aide: écrivez par exemple `1 234,5`, `45 %` ou `300 000 €`

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(chart("bars", "| Projet |\n|---|\n| Banc |"), @r#"
    erreur: le tableau n’a aucune colonne de nombres
     --> content/_index.md:5:4
      |
    5 | {% chart(kind="bars", title="Votes") %}
      |    ^^^^^
      |
      = aide: la première colonne nomme les lignes ; ajoutez-en au moins une de nombres

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(chart("bars", "| Projet | Voix |\n|---|---|"), @r#"
    erreur: le tableau n’a aucune ligne de nombres
     --> content/_index.md:5:4
      |
    5 | {% chart(kind="bars", title="Votes") %}
      |    ^^^^^
      |
      = aide: ajoutez une ligne sous les titres des colonnes

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(chart("bars", "| Projet | Voix |\n|---|---|\n| Banc | -3 |"), @r#"
    erreur: nombre négatif : −3
     --> content/_index.md:8:10
      |
    8 | | Banc | -3 |
      |          ^^
      |
      = aide: seules les courbes (`kind="line"`) descendent sous zéro

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(chart("bars", "| Projet | Voix |\n|---|---|\n| Banc | 9999999999999999 |"), @r"
    erreur: nombre trop grand pour être dessiné
     --> content/_index.md:8:10
      |
    8 | | Banc | 9999999999999999 |
      |          ^^^^^^^^^^^^^^^^
      |
      = aide: changez d’unité : des milliers, des millions

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(chart("bars", "| P | a | b | c | d | e | f | g |\n|---|---|---|---|---|---|---|---|\n| B | 1 | 1 | 1 | 1 | 1 | 1 | 1 |"), @r"
    erreur: 7 colonnes de nombres : au-delà de 6, elles ne se distinguent plus
     --> content/_index.md:6:31
      |
    6 | | P | a | b | c | d | e | f | g |
      |                               ^
      |
      = aide: regroupez des colonnes, ou faites plusieurs graphiques

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(chart("stacked", "| Projet | Papier | Ligne |\n|---|---|---|\n| Banc | 900000000000000 | 900000000000000 |"), @r"
    erreur: total trop grand pour être dessiné
     --> content/_index.md:8:3
      |
    8 | | Banc | 900000000000000 | 900000000000000 |
      |   ^^^^
      |
      = aide: changez d’unité : des milliers, des millions

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(chart("line", "| An | Voix |\n|---|---|\n| 2024 | 3 |"), @r#"
    erreur: une courbe ne se trace pas avec un seul point
     --> content/_index.md:8:3
      |
    8 | | 2024 | 3 |
      |   ^^^^
      |
      = aide: donnez-lui au moins deux lignes, ou choisissez `kind="bars"`

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(chart("gauge", "| | Soutiens |\n|---|---|\n| Banc | 3 |"), @r#"
    erreur: une jauge montre un nombre et son maximum, et rien d’autre
     --> content/_index.md:5:4
      |
    5 | {% chart(kind="gauge", title="Votes") %}
      |    ^^^^^
      |
      = aide: gardez une ligne de deux nombres : la valeur, puis le maximum

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(chart("gauge", "| | Soutiens | Seuil |\n|---|---|---|\n| Banc | 3 | 0 |"), @r"
    erreur: le maximum d’une jauge est plus grand que zéro
     --> content/_index.md:8:14
      |
    8 | | Banc | 3 | 0 |
      |              ^
      |
      = aide: donnez la valeur, puis le maximum

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(chart("grades", "| Projet | Bien | Mal |\n|---|---|---|\n| Banc | 0 | 0 |"), @r"
    erreur: aucune mention pour cette ligne
     --> content/_index.md:8:3
      |
    8 | | Banc | 0 | 0 |
      |   ^^^^
      |
      = aide: donnez la part, ou le nombre, de chaque mention

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(chart("grades", "| Projet | Bien | Mal |\n|---|---|---|\n| Banc | 60 % | 10 % |"), @r"
    erreur: les parts de cette ligne font 70 %
     --> content/_index.md:8:3
      |
    8 | | Banc | 60 % | 10 % |
      |   ^^^^
      |
      = aide: les parts d’une même ligne font 100 %, aux arrondis près

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(chart("camembert", "| Projet | Voix |\n|---|---|\n| Banc | 3 |"), @r#"
    erreur: valeur inconnue pour `kind` : « camembert »
     --> content/_index.md:5:15
      |
    5 | {% chart(kind="camembert", title="Votes") %}
      |               ^^^^^^^^^^^
      |
      = aide: valeurs possibles : bars, stacked, line, gauge, grades

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_shortcode_of_the_theme_is_given_what_it_takes() {
    let theme = "{% component weather(city: string, days: integer = 1) %}<p>{{ city }}, {{ days }}</p>{% endcomponent weather %}\n";
    let place = || place().template("shortcodes/weather", theme);
    assert_snapshot!(place().diagnostics_of("{{ weather(town=\"Sault\") }}\n"), @r#"
    erreur: `weather` ne connaît pas `town`
     --> content/_index.md:5:4
      |
    5 | {{ weather(town="Sault") }}
      |    ^^^^^^^
      |
      = aide: ce module prend : city, days

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(place().diagnostics_of("{{ weather(days=2) }}\n"), @r"
    erreur: il manque `city` à `weather`
     --> content/_index.md:5:4
      |
    5 | {{ weather(days=2) }}
      |    ^^^^^^^
      |
      = aide: ce module prend : city, days

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(place().diagnostics_of("{{ weather(city=\"Sault\", days=\"trois\") }}\n"), @r#"
    erreur: `days` de `weather` est de type `integer`
     --> content/_index.md:5:4
      |
    5 | {{ weather(city="Sault", days="trois") }}
      |    ^^^^^^^
      |
      = aide: ce module prend : city, days

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(place().diagnostics_of("{{ weather(city=Sault) }}\n"), @r#"
    erreur: texte sans guillemets
     --> content/_index.md:5:17
      |
    5 | {{ weather(city=Sault) }}
      |                 ^^^^^
      |
      = aide: un texte s’écrit entre guillemets : "…"

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_component_of_the_theme_that_is_wrong() {
    let place = place().template(
        "components",
        "{% component video(url, title, host, duration) %}{{ titel }}{% endcomponent video %}",
    );
    assert_snapshot!(place.diagnostics_of("{{ video(url=\"https://a.example/v\", title=\"Une vidéo\") }}\n"), @r"
    erreur: composant inconnu : `document`
      --> themes/parvis/templates/deposit.html:15:44
       |
    15 | {%- for document in deposit.documents %}{{ <document document={document} /> }}
       |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `card`
     --> themes/parvis/templates/home.html:4:10
      |
    4 | news: {{ <card card={card} /> }}
      |          ^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `card`
     --> themes/parvis/templates/home.html:7:11
      |
    7 | event: {{ <card card={card} /> }}
      |           ^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `document`
      --> themes/parvis/templates/not-found.html:10:4
       |
    10 | {{ <document document={document} /> }}
       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `document`
      --> themes/parvis/templates/organisation.html:10:4
       |
    10 | {{ <document document={document} /> }}
       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `document`
      --> themes/parvis/templates/page.html:10:4
       |
    10 | {{ <document document={document} /> }}
       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `document`
      --> themes/parvis/templates/process.html:19:4
       |
    19 | {{ <document document={document} /> }}
       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `card`
      --> themes/parvis/templates/process.html:25:11
       |
    25 | event: {{ <card card={event} /> }}
       |           ^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `document`
      --> themes/parvis/templates/search.html:10:4
       |
    10 | {{ <document document={document} /> }}
       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `card`
     --> themes/parvis/templates/section.html:4:4
      |
    4 | {{ <card card={card} /> }}
      |    ^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `pager`
     --> themes/parvis/templates/section.html:6:4
      |
    6 | {{ <pager pager={pager} /> }}
      |    ^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `card`
     --> themes/parvis/templates/term.html:5:4
      |
    5 | {{ <card card={card} /> }}
      |    ^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `pager`
     --> themes/parvis/templates/term.html:7:4
      |
    7 | {{ <pager pager={pager} /> }}
      |    ^^^^^^^^^^^^^^^^^^^^^^^

    erreur: composant inconnu : `document`
      --> themes/parvis/templates/unavailable.html:10:4
       |
    10 | {{ <document document={document} /> }}
       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    14 erreurs dans 10 fichiers
    ");
}
