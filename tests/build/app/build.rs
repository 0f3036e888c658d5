//! Makes routes of the files below `pages/`.

fn main() {
    tower_api_routes::build::compile("pages/api");
    tower_api_routes::build::compile("pages/admin");
    tower_api_routes::build::compile("pages/mismatch");
    tower_api_routes::build::compile("pages/broken");
}
