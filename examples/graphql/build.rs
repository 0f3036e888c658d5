fn main() {
    tower_api_routes::build::compile("pages/api");
}
