//! Maps drawn at build time from GeoJSON: outlines, lines, and numbered points. A template only prints.
//!
//! The projection is the Web Mercator one: true to shapes at every place and scale, as easy as any other, and
//! that of the maps people know, on top of which a drawing can be laid.

use crate::{chart::round_number, markdown::Text};
use domain::rulebook::group_digits;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    f64::consts::PI,
    fmt::{self, Write as _},
};

/// Width of a drawing, in its own units: about two to a pixel on a wide screen.
const WIDTH: f64 = 800.0;
/// Least and greatest height.
const HEIGHTS: (f64, f64) = (320.0, 960.0);
/// Room around what is drawn, for the disc of a point on the edge.
const MARGIN: f64 = 34.0;
/// Room for the scale, below.
const FOOT: f64 = 34.0;
/// Between the centres of two discs that do not touch.
const DISC: f64 = 62.0;
/// Half of the dot of a landmark, and of the room around it.
const DOT: f64 = 14.0;
/// Size of text; on a phone of 320 px it is one of 11 px.
const TEXT: f64 = 32.0;
/// What is laid out for a map whose points are in the list beside it.
const LEGENDED: Layout = Layout { apart: DISC, text: TEXT };
/// The same where points lead somewhere: on a phone of 320 px their discs are large enough to be touched, and names are left
/// out; elsewhere there is room for smaller ones.
const LEADING: Layout = Layout { apart: 72.0, text: 24.0 };
/// Width of a character of such text, in its size, on average.
const CHARACTER: f64 = 0.52;
/// How far a simplified outline may be from the true one: less than can be seen.
const TOLERANCE: f64 = 1.5;
/// Of the Earth, in metres, as this projection has it.
const RADIUS: f64 = 6_378_137.0;
/// Latitudes beyond are not on a Mercator map.
const NORTH: f64 = 85.0;

/// Why a file cannot be drawn, for its editor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MapError {
    #[error("ce n’est pas du JSON : la lecture s’arrête à la ligne {line}, colonne {column}")]
    Json { line: usize, column: usize },
    #[error("ce n’est pas une carte : une `FeatureCollection` de GeoJSON est attendue")]
    NotACollection,
    #[error("la carte est vide : aucun élément n’a de géométrie")]
    Empty,
    #[error("élément n° {0} : géométrie illisible, ou qui n’est ni un point, ni une ligne, ni un polygone")]
    Geometry(usize),
    #[error("élément n° {0} : `name`, `text` et `url` sont des textes")]
    Properties(usize),
    #[error("élément n° {0} : il manque le nom de ce point (propriété `name`)")]
    Nameless(usize),
    #[error("élément n° {0} : `url` commence par `https://`, `http://` ou `/`")]
    Address(usize),
    #[error("élément n° {feature} : [{first}, {second}] n’est pas une longitude et une latitude en degrés")]
    OutOfRange { feature: usize, first: String, second: String },
    #[error(
        "longitude et latitude sont probablement échangées : tous les lieux tombent au large de la Somalie"
    )]
    Exchanged,
}

impl MapError {
    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Json { .. } => "exportez de nouveau le fichier, ou corrigez-le à cet endroit",
            Self::NotACollection | Self::Empty => {
                "dessinez la carte sur geojson.io ou dans QGIS, et exportez-la en GeoJSON"
            }
            Self::Geometry(_) => "séparez les géométries composées : un élément par point, ligne ou polygone",
            Self::Properties(_) => "mettez leurs valeurs entre guillemets, ou retirez-les",
            Self::Nameless(_) => "donnez-lui un nom court : il est écrit dans la liste des lieux",
            Self::Address(_) => "donnez une adresse entière, ou celle d’une page de ce site depuis `/`",
            Self::OutOfRange { .. } => {
                "GeoJSON veut [longitude, latitude], en degrés WGS 84 (EPSG:4326), et non en Lambert 93"
            }
            Self::Exchanged => "GeoJSON veut la longitude d’abord : [-1.55, 47.22] pour Nantes",
        }
    }
}

/// A place on the Earth, in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Coordinates {
    longitude: f64,
    latitude: f64,
}

/// Why two numbers are no place that a map can show, for an editor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Nowhere {
    #[error("[{0}, {1}] n’est pas une longitude et une latitude en degrés")]
    OutOfRange(String, String),
    #[error("longitude et latitude sont probablement échangées : ce lieu tombe au large de la Somalie")]
    Exchanged,
}

impl Nowhere {
    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::OutOfRange(..) => {
                "écrivez [longitude, latitude], en degrés WGS 84 (EPSG:4326), et non en Lambert 93"
            }
            Self::Exchanged => "écrivez la longitude d’abord : [-1.55, 47.22] pour Nantes",
        }
    }
}

impl Coordinates {
    /// # Errors
    /// When they are not on a map of the Earth, or look exchanged.
    pub(crate) fn new(longitude: f64, latitude: f64) -> Result<Self, Nowhere> {
        if !is_on_earth(&Position(longitude, latitude)) {
            return Err(Nowhere::OutOfRange(longitude.to_string(), latitude.to_string()));
        }
        if looks_exchanged((longitude, latitude)) {
            return Err(Nowhere::Exchanged);
        }
        Ok(Self { longitude, latitude })
    }

    /// Where it would be, had its numbers been written in the other order.
    pub(crate) fn exchanged(self) -> Result<Self, Nowhere> {
        Self::new(self.latitude, self.longitude)
    }
}

/// As in front matter.
impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {}]", self.longitude, self.latitude)
    }
}

/// A drawing, ready to print.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Map {
    width: i32,
    height: i32,
    pub(crate) outlines: Vec<Shape>,
    pub(crate) lines: Vec<Shape>,
    /// In the order of their numbers.
    pub(crate) points: Vec<Point>,
    /// What one knows one's way by, where the points are others than those of the file.
    landmarks: Vec<Landmark>,
    scale: Scale,
    projection: Projection,
}

/// From places on the Earth to those of a drawing, in two numbers of each and a third that they share: at longitude λ and
/// latitude φ, in radians, is `x + zoom·λ`, `y − zoom·ln tan(π/4 + φ/2)`. The script of a form turns it round.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Projection {
    x: f64,
    y: f64,
    zoom: f64,
}

/// An area or a line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shape {
    pub(crate) name: Option<Text>,
    /// `d` of a `path`.
    path: String,
    /// Where its name is written: of an area with room for it.
    label: Option<Place>,
}

/// A place with a number, by which it is found in the list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Point {
    pub(crate) number: usize,
    pub(crate) name: Text,
    pub(crate) text: Option<Text>,
    pub(crate) url: Option<String>,
    x: i32,
    y: i32,
    /// Where it is, when its disc had to give way to another.
    origin: Option<Place>,
}

/// A town, a square: a dot, and its name where there is room for it.
#[derive(Debug, Clone, Serialize)]
struct Landmark {
    name: Text,
    x: i32,
    y: i32,
    label: Option<Label>,
}

/// Where a name is written beside a dot.
#[derive(Debug, Clone, Copy, Serialize)]
struct Label {
    #[serde(flatten)]
    place: Place,
    /// What of it is at that place.
    anchor: Anchor,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Place {
    x: i32,
    y: i32,
}

/// A round distance on the ground.
#[derive(Debug, Clone, Serialize)]
struct Scale {
    length: i32,
    text: String,
}

/// A feature as files have it; other properties are theirs.
#[derive(Deserialize)]
struct Feature {
    geometry: Value,
    #[serde(default)]
    properties: Value,
}

#[derive(Default, Deserialize)]
struct Properties {
    name: Option<String>,
    text: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Point(Position),
    MultiPoint(Vec<Position>),
    LineString(Vec<Position>),
    MultiLineString(Vec<Vec<Position>>),
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

/// Longitude, latitude, and perhaps an altitude.
#[derive(Deserialize)]
#[serde(try_from = "Vec<f64>")]
struct Position(f64, f64);

impl TryFrom<Vec<f64>> for Position {
    type Error = &'static str;

    fn try_from(numbers: Vec<f64>) -> Result<Self, Self::Error> {
        match numbers[..] {
            [longitude, latitude, ..] => Ok(Self(longitude, latitude)),
            _ => Err("a position has two numbers"),
        }
    }
}

/// A line, or a ring that ends where it began.
type Line = Vec<(f64, f64)>;

/// What one feature draws: rings, lines or single positions.
struct Drawn {
    kind: Kind,
    parts: Vec<Line>,
    properties: Properties,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Area,
    Line,
    Points,
}

/// The map that a GeoJSON file draws.
///
/// # Errors
/// When it is not a `FeatureCollection` of points, lines and polygons on the Earth.
pub(crate) fn read(text: &str) -> Result<Map, MapError> {
    let ground = Ground::read(text)?;
    Ok(ground.draw(ground.spots.clone(), &[], LEGENDED))
}

/// What a GeoJSON file shows, for other points to be put on it.
pub(crate) struct Ground {
    /// Areas, with their rings for want of their labels.
    areas: Vec<(Shape, Vec<Line>)>,
    lines: Vec<Shape>,
    spots: Vec<Spot>,
    view: View,
}

/// A point of a drawing that has no number yet.
#[derive(Clone)]
struct Spot {
    number: usize,
    name: Text,
    text: Option<Text>,
    url: Option<String>,
    at: (f64, f64),
}

/// Something to be put on a map.
pub(crate) struct Pin {
    pub(crate) number: usize,
    pub(crate) name: Text,
    /// Where its disc leads.
    pub(crate) url: String,
    pub(crate) at: Coordinates,
}

impl Ground {
    /// # Errors
    /// When `text` is not a `FeatureCollection` of points, lines and polygons on the Earth.
    pub(crate) fn read(text: &str) -> Result<Self, MapError> {
        let root: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| MapError::Json { line: error.line(), column: error.column() })?;
        let Some(Value::Array(features)) =
            root.get("features").filter(|_| root["type"] == "FeatureCollection")
        else {
            return Err(MapError::NotACollection);
        };
        let mut drawn = Vec::new();
        for (index, feature) in features.iter().enumerate() {
            drawn.extend(read_feature(feature, index + 1)?);
        }
        let positions = || drawn.iter().flat_map(|drawn| &drawn.parts).flatten().copied();
        if positions().next().is_none() {
            return Err(MapError::Empty);
        }
        if positions().all(looks_exchanged) {
            return Err(MapError::Exchanged);
        }
        for part in drawn.iter_mut().flat_map(|drawn| &mut drawn.parts) {
            part.iter_mut().for_each(|position| *position = mercator(*position));
        }
        Ok(Self::of(drawn))
    }

    fn of(drawn: Vec<Drawn>) -> Self {
        let view = View::of(drawn.iter().flat_map(|drawn| &drawn.parts).flatten().copied());
        let (mut areas, mut lines, mut spots) = (Vec::new(), Vec::new(), Vec::new());
        for Drawn { kind, parts, properties: Properties { name, text, url } } in drawn {
            let parts: Vec<Line> =
                parts.into_iter().map(|part| part.into_iter().map(|at| view.place(at)).collect()).collect();
            let written = |text: Option<String>| {
                text.filter(|text| !text.trim().is_empty()).map(|text| Text::new(text.trim()))
            };
            match kind {
                Kind::Points => {
                    for at in parts.into_iter().flatten() {
                        let name = written(name.clone()).unwrap_or_default();
                        let (number, text, url) = (spots.len() + 1, written(text.clone()), url.clone());
                        spots.push(Spot { number, name, text, url, at });
                    }
                }
                Kind::Line => {
                    let path = parts.iter().map(|line| path(line, false)).collect();
                    lines.push(Shape { name: written(name), path, label: None });
                }
                Kind::Area => {
                    let path = parts.iter().map(|ring| path(ring, true)).collect();
                    areas.push((Shape { name: written(name), path, label: None }, parts));
                }
            }
        }
        Self { areas, lines, spots, view }
    }

    /// Whether a place is on the drawing.
    pub(crate) fn shows(&self, place: Coordinates) -> bool {
        let (x, y) = self.place(place);
        (0.0..=WIDTH).contains(&x) && (0.0..=self.view.height).contains(&y)
    }

    /// The drawing, on which the points of the file are landmarks, and where these are on it, in their order.
    pub(crate) fn with(&self, pins: Vec<Pin>) -> (Map, Vec<Point>) {
        let spot = |Pin { number, name, url, at }| Spot {
            number,
            name,
            text: None,
            url: Some(url),
            at: self.place(at),
        };
        let mut map = self.draw(pins.into_iter().map(spot).collect(), &self.spots, LEADING);
        let points = std::mem::take(&mut map.points);
        (map, points)
    }

    fn place(&self, Coordinates { longitude, latitude }: Coordinates) -> (f64, f64) {
        self.view.place(mercator((longitude, latitude)))
    }

    /// With a disc for each of `spots`, and a dot for each of `landmarks`.
    fn draw(&self, spots: Vec<Spot>, landmarks: &[Spot], Layout { apart, text: size }: Layout) -> Map {
        let height = self.view.height;
        let origins: Vec<(f64, f64)> = spots.iter().map(|spot| spot.at).collect();
        let discs = spread(&origins, height, apart);
        let points = spots.into_iter().zip(&discs).map(|(Spot { number, name, text, url, at }, disc)| {
            let (Place { x, y }, origin) = (rounded(*disc), rounded(at));
            Point {
                number,
                name,
                text,
                url,
                x,
                y,
                origin: Some(origin).filter(|from| *from != Place { x, y }),
            }
        });
        let mut taken: Vec<Frame> = discs.iter().map(|disc| Frame::new(*disc, apart, apart)).collect();
        let landmarks = with_names(landmarks, height, size, &mut taken);
        Map {
            width: WIDTH as i32,
            height: (height + FOOT) as i32,
            outlines: with_labels(&self.areas, size, &mut taken),
            lines: self.lines.clone(),
            points: points.collect(),
            landmarks,
            scale: self.view.scale(),
            projection: self.view.projection(),
        }
    }
}

/// Whether a place is where metropolitan France goes with longitude and latitude exchanged: off Somalia.
fn looks_exchanged((longitude, latitude): (f64, f64)) -> bool {
    (41.0..=51.5).contains(&longitude) && (-5.5..=10.0).contains(&latitude)
}

fn read_feature(feature: &Value, number: usize) -> Result<Option<Drawn>, MapError> {
    let Feature { geometry, properties } =
        Feature::deserialize(feature).map_err(|_| MapError::Geometry(number))?;
    if geometry.is_null() {
        return Ok(None);
    }
    let (kind, parts) = match Geometry::deserialize(geometry).map_err(|_| MapError::Geometry(number))? {
        Geometry::Point(position) => (Kind::Points, vec![vec![position]]),
        Geometry::MultiPoint(positions) => (Kind::Points, vec![positions]),
        Geometry::LineString(line) => (Kind::Line, vec![line]),
        Geometry::MultiLineString(lines) => (Kind::Line, lines),
        Geometry::Polygon(rings) => (Kind::Area, rings),
        Geometry::MultiPolygon(polygons) => (Kind::Area, polygons.into_iter().flatten().collect()),
    };
    let properties = match properties {
        Value::Null => Properties::default(),
        properties => Properties::deserialize(properties).map_err(|_| MapError::Properties(number))?,
    };
    let is_address = |url: &String| url.starts_with("https://") || url.starts_with("http://") || is_path(url);
    if !properties.url.as_ref().is_none_or(is_address) {
        return Err(MapError::Address(number));
    }
    if kind == Kind::Points && properties.name.as_ref().is_none_or(|name| name.trim().is_empty()) {
        return Err(MapError::Nameless(number));
    }
    if let Some(Position(first, second)) = parts.iter().flatten().find(|position| !is_on_earth(position)) {
        let (first, second) = (first.to_string(), second.to_string());
        return Err(MapError::OutOfRange { feature: number, first, second });
    }
    let pair = |Position(longitude, latitude)| (longitude, latitude);
    let parts = parts.into_iter().map(|part| part.into_iter().map(pair).collect()).collect();
    Ok(Some(Drawn { kind, parts, properties }))
}

/// Of a page of this site.
fn is_path(url: &str) -> bool {
    url.starts_with('/') && !url.starts_with("//")
}

fn is_on_earth(Position(longitude, latitude): &Position) -> bool {
    longitude.abs() <= 180.0 && latitude.abs() <= NORTH
}

/// In radians of the equator, southwards.
fn mercator((longitude, latitude): (f64, f64)) -> (f64, f64) {
    (longitude.to_radians(), -(PI / 4.0 + latitude.to_radians() / 2.0).tan().ln())
}

/// How large is what is put on the ground.
#[derive(Clone, Copy)]
struct Layout {
    /// Between the centres of two discs.
    apart: f64,
    /// Size of names.
    text: f64,
}

/// How positions become places of the drawing.
struct View {
    /// Centre of what is drawn, in radians.
    centre: (f64, f64),
    height: f64,
    /// Units per radian.
    zoom: f64,
}

impl View {
    fn of(positions: impl Iterator<Item = (f64, f64)>) -> Self {
        let (min, max) = extent(positions);
        // A single place is shown with about a kilometre around it.
        let (width, height) = ((max.0 - min.0).max(2e-4), max.1 - min.1);
        let inner = WIDTH - 2.0 * MARGIN;
        let drawing = (inner * height / width + 2.0 * MARGIN).clamp(HEIGHTS.0, HEIGHTS.1);
        let zoom = (inner / width).min((drawing - 2.0 * MARGIN) / height.max(f64::MIN_POSITIVE));
        let centre = ((min.0 + max.0) / 2.0, (min.1 + max.1) / 2.0);
        Self { centre, height: drawing.round(), zoom }
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (WIDTH / 2.0 + (x - self.centre.0) * self.zoom, self.height / 2.0 + (y - self.centre.1) * self.zoom)
    }

    fn projection(&self) -> Projection {
        let hundredths = |value: f64| (value * 100.0).round() / 100.0;
        let (x, y) = self.place((0.0, 0.0));
        Projection { x: hundredths(x), y: hundredths(y), zoom: hundredths(self.zoom) }
    }

    /// A round distance that takes a fourth of the width at most.
    fn scale(&self) -> Scale {
        // The projection enlarges by 1/cos(latitude), which is cosh of what it makes of the latitude.
        let metres = RADIUS / self.centre.1.cosh() / self.zoom;
        let distance = round_number(WIDTH / 4.0 * metres);
        let text = match distance {
            1_000.0.. => format!("{}\u{a0}km", group_digits((distance / 1_000.0) as u64)),
            1.0.. => format!("{}\u{a0}m", group_digits(distance as u64)),
            _ => format!("{}\u{a0}cm", group_digits((distance * 100.0) as u64)),
        };
        Scale { length: (distance / metres).round() as i32, text }
    }
}

fn rounded((x, y): (f64, f64)) -> Place {
    Place { x: x.round() as i32, y: y.round() as i32 }
}

/// Where discs go so that their centres are `apart` and no two cover each other, as near as can be to where they are.
fn spread(origins: &[(f64, f64)], height: f64, apart: f64) -> Vec<(f64, f64)> {
    let mut discs = origins.to_vec();
    for _ in 0..100 {
        let mut is_still = true;
        for second in 1..discs.len() {
            for first in 0..second {
                let (x, y) = (discs[second].0 - discs[first].0, discs[second].1 - discs[first].1);
                let distance = x.hypot(y);
                if distance >= apart - 0.5 {
                    continue;
                }
                is_still = false;
                // Discs at one place part in a direction of their own.
                let (x, y) = if distance > 0.01 {
                    (x / distance, y / distance)
                } else {
                    let (sin, cos) = (second as f64 * 2.4).sin_cos();
                    (cos, sin)
                };
                let push = (apart - distance) / 2.0;
                discs[first] = kept((discs[first].0 - x * push, discs[first].1 - y * push), height, apart);
                discs[second] = kept((discs[second].0 + x * push, discs[second].1 + y * push), height, apart);
            }
        }
        if is_still {
            break;
        }
    }
    discs
}

/// Within the drawing.
fn kept((x, y): (f64, f64), height: f64, apart: f64) -> (f64, f64) {
    let edge = apart / 2.0;
    (x.clamp(edge, WIDTH - edge), y.clamp(edge, height - edge))
}

/// Writes the names of landmarks beside their dots, where they cover nothing.
fn with_names(landmarks: &[Spot], height: f64, size: f64, taken: &mut Vec<Frame>) -> Vec<Landmark> {
    taken.extend(landmarks.iter().map(|spot| Frame::new(spot.at, 2.0 * DOT, 2.0 * DOT)));
    let mut named = Vec::new();
    for Spot { name, at, .. } in landmarks {
        let (width, line) = (width_of(name, size), size * 1.2);
        let (beside, above) = (DOT + width / 2.0, DOT + line / 2.0);
        let around = [
            (Anchor::Start, beside, 0.0),
            (Anchor::End, -beside, 0.0),
            (Anchor::Middle, 0.0, -above),
            (Anchor::Middle, 0.0, above),
        ];
        let mut frames =
            around.into_iter().map(|(anchor, x, y)| (anchor, Frame::new((at.0 + x, at.1 + y), width, line)));
        let free = frames
            .find(|(_, frame)| frame.is_within(height) && !taken.iter().any(|other| frame.meets(other)));
        let label = free.as_ref().map(|(anchor, frame)| frame.label(*anchor));
        let Place { x, y } = rounded(*at);
        named.push(Landmark { name: name.clone(), x, y, label });
        taken.extend(free.map(|(_, frame)| frame));
    }
    named
}

/// Writes the names of areas that have room for them, off what is taken and other names.
fn with_labels(areas: &[(Shape, Vec<Line>)], size: f64, taken: &mut Vec<Frame>) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (shape, rings) in areas {
        let mut shape = shape.clone();
        if let Some(name) = &shape.name {
            let width = width_of(name, size);
            let frames = places(rings).into_iter().map(|place| Frame::new(place, width, size * 1.2));
            let mut free = frames.filter(|frame| !taken.iter().any(|other| frame.meets(other)));
            if let Some(frame) =
                free.find(|frame| frame.corners().iter().all(|corner| is_inside(rings, *corner)))
            {
                shape.label = Some(frame.baseline());
                taken.push(frame);
            }
        }
        shapes.push(shape);
    }
    shapes
}

/// Of a name on the drawing, in text of that size.
fn width_of(name: &Text, size: f64) -> f64 {
    name.as_str().chars().count() as f64 * size * CHARACTER
}

/// What a disc or a name takes up.
struct Frame {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Frame {
    fn new((x, y): (f64, f64), width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    fn meets(&self, other: &Self) -> bool {
        2.0 * (self.x - other.x).abs() < self.width + other.width
            && 2.0 * (self.y - other.y).abs() < self.height + other.height
    }

    fn is_within(&self, height: f64) -> bool {
        self.corners().iter().all(|(x, y)| (0.0..=WIDTH).contains(x) && (0.0..=height).contains(y))
    }

    /// Where the middle of a text that takes it up is written.
    fn baseline(&self) -> Place {
        rounded((self.x, self.y + self.height * 0.29))
    }

    /// The same of a text of which that is nearest to its dot, so that it keeps off it in any font.
    fn label(&self, anchor: Anchor) -> Label {
        let away = match anchor {
            Anchor::Start => -self.width / 2.0,
            Anchor::Middle => 0.0,
            Anchor::End => self.width / 2.0,
        };
        let place = Self { x: self.x + away, ..*self }.baseline();
        Label { place, anchor }
    }

    fn corners(&self) -> [(f64, f64); 4] {
        let (x, y) = (self.width / 2.0, self.height / 2.0);
        [(-x, -y), (x, -y), (-x, y), (x, y)].map(|(x, y)| (self.x + x, self.y + y))
    }
}

/// Places all over an area and around it, from its middle outwards.
fn places(rings: &[Line]) -> Vec<(f64, f64)> {
    const STEPS: i32 = 16;
    let ((left, top), (right, bottom)) = extent(rings.iter().flatten().copied());
    let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
    let at = |step: i32, from: f64, to: f64| from + (to - from) * f64::from(step) / f64::from(STEPS);
    let column = |step: i32| (0..=STEPS).map(move |row| (at(step, left, right), at(row, top, bottom)));
    let mut places: Vec<(f64, f64)> = (0..=STEPS).flat_map(column).collect();
    let away = |place: &(f64, f64)| (place.0 - middle.0).hypot(place.1 - middle.1);
    places.sort_by(|a, b| away(a).total_cmp(&away(b)));
    places
}

/// Whether a place is inside an area: leaving it in one direction crosses its edge an odd number of times.
fn is_inside(rings: &[Line], (x, y): (f64, f64)) -> bool {
    let edges = rings.iter().flat_map(|ring| ring.windows(2).map(|edge| (edge[0], edge[1])));
    let is_crossed = |((x1, y1), (x2, y2)): &((f64, f64), (f64, f64))| {
        (*y1 > y) != (*y2 > y) && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    };
    edges.filter(is_crossed).count() % 2 == 1
}

/// Least and greatest of both coordinates.
fn extent(positions: impl Iterator<Item = (f64, f64)>) -> ((f64, f64), (f64, f64)) {
    let nothing = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
    positions.fold(nothing, |(min, max), (x, y)| ((min.0.min(x), min.1.min(y)), (max.0.max(x), max.1.max(y))))
}

/// `d` of a line or ring in whole units, without what cannot be seen; empty when nothing is left.
fn path(line: &[(f64, f64)], is_closed: bool) -> String {
    let mut places: Vec<Place> = simplified(line).into_iter().map(rounded).collect();
    places.dedup();
    if is_closed && places.first() == places.last() {
        places.pop();
    }
    if places.len() < if is_closed { 3 } else { 2 } {
        return String::new();
    }
    let mut path = format!("M{} {}l", places[0].x, places[0].y);
    for (position, pair) in places.windows(2).enumerate() {
        for (axis, step) in [pair[1].x - pair[0].x, pair[1].y - pair[0].y].into_iter().enumerate() {
            // A sign separates as well as a space.
            let space = if step < 0 || (position == 0 && axis == 0) { "" } else { " " };
            let _ = write!(path, "{space}{step}");
        }
    }
    if is_closed {
        path.push('z');
    }
    path
}

/// Ramer–Douglas–Peucker: the points without which a line would move by more than [`TOLERANCE`].
fn simplified(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut is_kept = vec![false; line.len()];
    let last = line.len().saturating_sub(1);
    for end in [0, last].into_iter().filter(|end| *end < line.len()) {
        is_kept[end] = true;
    }
    let mut stretches = vec![(0, last)];
    while let Some((start, end)) = stretches.pop() {
        let away = (start + 1..end).map(|at| (at, distance(line[at], line[start], line[end])));
        if let Some((farthest, away)) = away.max_by(|a, b| a.1.total_cmp(&b.1))
            && away > TOLERANCE
        {
            is_kept[farthest] = true;
            stretches.extend([(start, farthest), (farthest, end)]);
        }
    }
    line.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(point, _)| *point).collect()
}

/// From a point to a segment.
fn distance(point: (f64, f64), start: (f64, f64), end: (f64, f64)) -> f64 {
    let (x, y) = (end.0 - start.0, end.1 - start.1);
    let length = x * x + y * y;
    let along = match length {
        0.0 => 0.0,
        _ => (((point.0 - start.0) * x + (point.1 - start.1) * y) / length).clamp(0.0, 1.0),
    };
    (point.0 - start.0 - along * x).hypot(point.1 - start.1 - along * y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn of(features: Value) -> Result<Map, MapError> {
        read(&json!({ "type": "FeatureCollection", "features": features }).to_string())
    }

    fn feature(name: &str, kind: &str, coordinates: Value) -> Value {
        let geometry = json!({ "type": kind, "coordinates": coordinates });
        json!({ "type": "Feature", "properties": { "name": name }, "geometry": geometry })
    }

    fn error(features: Value) -> String {
        of(features).expect_err("a mistake").to_string()
    }

    #[test]
    fn areas_lines_and_points_are_drawn() {
        let square = json!([[[-1.6, 47.2], [-1.5, 47.2], [-1.5, 47.25], [-1.6, 47.25], [-1.6, 47.2]]]);
        let map = of(json!([
            feature("Nantes", "Polygon", square),
            feature("Tram", "LineString", json!([[-1.6, 47.2], [-1.5, 47.25]])),
            feature("L'école", "Point", json!([-1.55, 47.225, 12.0])),
        ]));
        let drawn = serde_json::to_value(map.expect("sound")).expect("sound");
        let expected = json!({
            "width": 800,
            "height": 641,
            "outlines": [{ "name": "Nantes", "path": "M34 573l732 0 0-539-732 0z", "label": { "x": 400, "y": 247 } }],
            "lines": [{ "name": "Tram", "path": "M34 573l732-539", "label": null }],
            "points": [
                { "number": 1, "name": "L’école", "text": null, "url": null, "x": 400, "y": 304, "origin": null },
            ],
            "landmarks": [],
            "scale": { "length": 194, "text": "2\u{a0}km" },
            "projection": { "x": 11746.0, "y": 393454.69, "zoom": 419405.11 },
        });
        assert_eq!(drawn, expected);
    }

    #[test]
    fn a_single_point_is_a_map() {
        let map = of(json!([feature("Mairie", "Point", json!([-1.55, 47.225]))])).expect("sound");
        assert_eq!((map.points[0].x, map.points[0].y), (400, 160));
        assert_eq!(map.scale.text, "200\u{a0}m");
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        let line: Vec<(f64, f64)> = (0..1000).map(|x| (f64::from(x), f64::from(x % 2) * 0.4)).collect();
        assert_eq!(path(&line, false), "M0 0l999 0");
        assert_eq!(path(&[(1.0, 1.0), (1.2, 1.1), (1.0, 1.0)], true), "");
        assert_eq!(path(&[], true), "");
        let square = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)];
        assert_eq!(path(&square, true), "M0 0l9 0 0 9-9 0z");
    }

    #[test]
    fn pins_stand_in_for_points_which_become_landmarks_named_off_them() {
        let square = json!([[[-1.6, 47.2], [-1.5, 47.2], [-1.5, 47.25], [-1.6, 47.25], [-1.6, 47.2]]]);
        let features =
            json!(
                [feature("Nantes", "Polygon", square), feature("Mairie", "Point", json!([-1.55, 47.225])),]
            );
        let file = json!({ "type": "FeatureCollection", "features": features }).to_string();
        let ground = Ground::read(&file).expect("sound");
        let at = |longitude, latitude| Coordinates::new(longitude, latitude).expect("a place");
        let pin = |number, longitude| Pin {
            number,
            name: Text::new("Un banc"),
            url: format!("#n{number}"),
            at: at(longitude, 47.225),
        };
        let (map, points) = ground.with(vec![pin(3, -1.54), pin(7, -1.54)]);
        assert!(map.points.is_empty());
        let drawn: Vec<_> = points.iter().map(|point| (point.number, point.url.as_deref())).collect();
        assert_eq!(drawn, [(3, Some("#n3")), (7, Some("#n7"))]);
        assert!((points[0].x - points[1].x).pow(2) + (points[0].y - points[1].y).pow(2) >= 71 * 71);
        let landmark = serde_json::to_value(&map.landmarks[0]).expect("sound");
        // On the right, where there would be room but for the pins, its name would be under them.
        assert_eq!(landmark["label"]["anchor"], "end", "{landmark}");
        assert!(ground.shows(at(-1.6, 47.2)) && !ground.shows(at(-1.7, 47.2)));
    }

    #[test]
    fn a_place_in_a_hole_is_outside() {
        let square = |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to), (from, from)];
        let rings = [square(0.0, 9.0), square(3.0, 6.0)];
        assert!(is_inside(&rings, (1.0, 4.0)));
        assert!(!is_inside(&rings, (4.0, 4.0)));
        assert!(!is_inside(&rings, (10.0, 4.0)));
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(
            read("{\n  \"type\": oui }").expect_err("a mistake").to_string(),
            "ce n’est pas du JSON\u{a0}: la lecture s’arrête à la ligne 2, colonne 11"
        );
        assert_eq!(
            read("{\"type\": \"Feature\"}").expect_err("a mistake").to_string(),
            "ce n’est pas une carte\u{a0}: une `FeatureCollection` de GeoJSON est attendue"
        );
        assert_eq!(error(json!([])), "la carte est vide\u{a0}: aucun élément n’a de géométrie");
        assert_eq!(
            error(json!([{ "type": "Feature", "geometry": null, "properties": null }])),
            "la carte est vide\u{a0}: aucun élément n’a de géométrie"
        );
        assert_eq!(
            error(json!([feature("A", "Point", json!([0, 0])), feature("B", "Point", json!([1]))])),
            "élément n°\u{a0}2\u{a0}: géométrie illisible, ou qui n’est ni un point, ni une ligne, ni un polygone"
        );
        assert_eq!(
            error(json!([feature(" ", "Point", json!([0, 0]))])),
            "élément n°\u{a0}1\u{a0}: il manque le nom de ce point (propriété `name`)"
        );
        assert_eq!(
            error(json!([feature("Mairie", "Point", json!([355_000.5, 6_689_000]))])),
            "élément n°\u{a0}1\u{a0}: [355000.5, 6689000] n’est pas une longitude et une latitude en degrés"
        );
        assert_eq!(
            error(json!([feature("Mairie", "Point", json!([47.2, -1.5]))])),
            "longitude et latitude sont probablement échangées\u{a0}: tous les lieux tombent au large de la Somalie"
        );
    }

    #[test]
    fn an_address_leads_nowhere_else_than_to_a_page() {
        let with = |url: Value| {
            let mut feature = feature("Mairie", "Point", json!([-1.5, 47.2]));
            feature["properties"]["url"] = url;
            of(json!([feature]))
                .map(|map| map.points[0].url.clone().unwrap_or_default())
                .map_err(|error| error.to_string())
        };
        assert_eq!(with(json!("https://exemple.fr")).expect("sound"), "https://exemple.fr");
        assert_eq!(with(json!("/garennes/")).expect("sound"), "/garennes/");
        for url in ["javascript:alert(1)", "//exemple.fr", "exemple.fr", ""] {
            let expected = "élément n°\u{a0}1\u{a0}: `url` commence par `https://`, `http://` ou `/`";
            assert_eq!(with(json!(url)).expect_err("a mistake"), expected);
        }
        assert_eq!(
            with(json!(3)).expect_err("a mistake"),
            "élément n°\u{a0}1\u{a0}: `name`, `text` et `url` sont des textes"
        );
    }

    #[test]
    fn discs_at_one_place_part() {
        let discs = spread(&[(400.0, 200.0); 5], 400.0, DISC);
        for (first, second) in [(0, 1), (0, 2), (1, 3), (3, 4)] {
            let (x, y) = (discs[first].0 - discs[second].0, discs[first].1 - discs[second].1);
            assert!(x.hypot(y) >= DISC - 1.0, "{discs:?}");
        }
    }

    proptest! {
        #[test]
        fn everything_is_in_the_drawing(places in prop::collection::vec((-179.0..179.0, -84.0..84.0), 1..30)) {
            // Off Somalia, longitudes and latitudes are taken for exchanged.
            prop_assume!(!places.iter().copied().all(looks_exchanged));
            let points = places.iter().map(|(x, y)| feature("P", "Point", json!([x, y]))).collect();
            let map = of(Value::Array(points)).expect("sound");
            let edge = DISC as i32 / 2;
            for point in &map.points {
                prop_assert!((edge..=map.width - edge).contains(&point.x), "{point:?}");
                prop_assert!((edge..=map.height - edge).contains(&point.y), "{point:?}");
            }
            prop_assert!(map.scale.length <= map.width / 4);
        }

        #[test]
        fn the_projection_leads_to_where_points_are_drawn(
            places in prop::collection::vec((-179.0..179.0_f64, -84.0..84.0_f64), 1..9),
        ) {
            prop_assume!(!places.iter().copied().all(looks_exchanged));
            let points = places.iter().map(|(x, y)| feature("P", "Point", json!([x, y]))).collect();
            let map = of(Value::Array(points)).expect("sound");
            let Projection { x, y, zoom } = map.projection;
            for (point, (longitude, latitude)) in map.points.iter().zip(&places) {
                let drawn = point.origin.unwrap_or(Place { x: point.x, y: point.y });
                let across = x + zoom * longitude.to_radians();
                let down = y - zoom * (PI / 4.0 + latitude.to_radians() / 2.0).tan().ln();
                prop_assert!((across - f64::from(drawn.x)).abs() < 1.0, "{across} {drawn:?}");
                prop_assert!((down - f64::from(drawn.y)).abs() < 1.0, "{down} {drawn:?}");
            }
        }
    }
}
