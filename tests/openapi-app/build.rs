//! Makes routes of the files below `pages/`.

fn main() {
    tower_api_routes::build::compile("pages/api");
    tower_api_routes::build::compile("pages/clashes");
    tower_api_routes::build::compile("pages/gaps");
    tower_api_routes::build::compile("pages/ids");
    tower_api_routes::build::compile("pages/misfit");
    tower_api_routes::build::compile("pages/own-errors");
}
