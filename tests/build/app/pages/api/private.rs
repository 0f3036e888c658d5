//! A constant of a private directory.

pub async fn get() -> &'static str {
    super::_lib::deep::helper::TEXT
}
