//! Lines over minutes, as SVG.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 45.0;
const COLORS: [&str; 3] = ["#2563eb", "#d97706", "#6b7280"];

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    /// Minutes and values.
    pub(crate) points: Vec<(f64, f64)>,
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn nice_ceiling(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1.0).log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * power);
    steps
        .into_iter()
        .find(|&step| step >= value)
        .unwrap_or(value)
}

pub(crate) fn draw(title: &str, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| &line.points);
    let most_x = nice_ceiling(points().map(|it| it.0).fold(1.0, f64::max));
    let most_y = nice_ceiling(points().map(|it| it.1).fold(1.0, f64::max));
    let place = |(x, y): (f64, f64)| {
        (
            LEFT + x / most_x * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / most_y * (HEIGHT - TOP - BOTTOM),
        )
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
        <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
        <text x=\"{LEFT}\" y=\"22\" font-size=\"14\" fill=\"#111\">{title}</text>\n"
    );
    for step in 0..=5 {
        let part = f64::from(step) / 5.0;
        let (x, y) = place((part * most_x, part * most_y));
        let (right, low) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        let _ = write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#e5e7eb\"/>\n\
            <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#374151\">{}</text>\n\
            <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#374151\">{} min</text>\n",
            LEFT - 8.0,
            y + 4.0,
            part * most_y,
            low + 18.0,
            part * most_x,
        );
    }
    for (at, (line, color)) in lines.iter().zip(COLORS).enumerate() {
        let path = line.points.iter().map(|&point| {
            let (x, y) = place(point);
            format!("{x:.1},{y:.1}")
        });
        let path: Vec<_> = path.collect();
        let _ = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>\n\
            <text x=\"{}\" y=\"{}\" fill=\"{color}\">{}</text>\n",
            path.join(" "),
            WIDTH - RIGHT + 8.0,
            TOP + 16.0 * at as f64 + 10.0,
            line.name,
        );
    }
    out.push_str("</svg>\n");
    out
}
