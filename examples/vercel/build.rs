//! Makes routes of the files below `pages/`.

fn main() {
    tower_api_routes::build::compile("pages/api");
}
