//! `/api/album`: a form with a title and pictures (`multipart/form-data`), field by field.

use serde::Serialize;
use tower_api_routes::{ApiConfig, ApiError, Json, Multipart, State, body::Field};

use crate::{App, files::Stored};

pub const CONFIG: ApiConfig = ApiConfig::new()
    .body_parser(false)
    .body_limit("100mb")
    .max_form_fields(20);

#[derive(Default, Serialize)]
pub struct Album {
    title: String,
    pictures: Vec<Picture>,
}

#[derive(Serialize)]
struct Picture {
    /// As the client calls it.
    name: Option<String>,
    #[serde(flatten)]
    stored: Stored,
}

pub async fn post(State(app): State<App>, mut form: Multipart) -> Result<Json<Album>, ApiError> {
    let mut album = Album::default();
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("title") => album.title = title(field).await?,
            Some("picture") => album.pictures.push(picture(&app, field).await?),
            _ => return Err(ApiError::bad_request("fields are `title` and `picture`")),
        }
    }
    Ok(Json(album))
}

/// The limit of the route is one for pictures; this field is held in memory.
async fn title(mut field: Field<'_>) -> Result<String, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > 200 {
            return Err(ApiError::bad_request("the title has more than 200 bytes"));
        }
    }
    String::from_utf8(bytes).map_err(|_| ApiError::bad_request("the title is not UTF-8"))
}

async fn picture(app: &App, mut field: Field<'_>) -> Result<Picture, ApiError> {
    let name = field.file_name().map(str::to_owned);
    let mut upload = app.files.create().await?;
    while let Some(chunk) = field.chunk().await? {
        upload.write(&chunk).await?;
    }
    let stored = upload.finish().await?;
    Ok(Picture { name, stored })
}
