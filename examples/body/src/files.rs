//! Files on disk, named after their content: no name that a client sends reaches a path.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::{fs::File, io::AsyncWriteExt, task::spawn_blocking};

/// A directory of files.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    dir: Arc<Path>,
}

/// The SHA-256 of the content of a file, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub(crate) struct FileId(String);

impl TryFrom<String> for FileId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.bytes().all(is_digit) {
            Ok(Self(text))
        } else {
            Err("expected 64 hexadecimal digits")
        }
    }
}

/// A file that is complete.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Stored {
    id: FileId,
    bytes: u64,
}

/// A file that is being written. It is gone when it is dropped unfinished.
#[derive(Debug)]
pub(crate) struct Upload {
    file: File,
    path: TempPath,
    dir: Arc<Path>,
    hash: Sha256,
    bytes: u64,
}

impl Files {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir: dir.into() }
    }

    /// Begins a new file.
    pub(crate) async fn create(&self) -> io::Result<Upload> {
        let dir = Arc::clone(&self.dir);
        let (file, path) = spawn_blocking(move || NamedTempFile::new_in(dir))
            .await??
            .into_parts();
        Ok(Upload {
            file: File::from_std(file),
            path,
            dir: Arc::clone(&self.dir),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// The file of this content, if there is one.
    pub(crate) async fn open(&self, id: &FileId) -> io::Result<Option<File>> {
        match File::open(self.dir.join(&id.0)).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            file => file.map(Some),
        }
    }
}

impl Upload {
    pub(crate) async fn write(&mut self, data: &[u8]) -> io::Result<()> {
        self.hash.update(data);
        self.bytes += data.len() as u64;
        self.file.write_all(data).await
    }

    /// Keeps the file.
    pub(crate) async fn finish(mut self) -> io::Result<Stored> {
        self.file.flush().await?;
        let id = FileId(HEXLOWER.encode(&self.hash.finalize()));
        let to = self.dir.join(&id.0);
        spawn_blocking(move || self.path.persist(to)).await??;
        Ok(Stored {
            id,
            bytes: self.bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(dir).unwrap();
        let name = |entry: io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn a_file_is_there_once_it_is_finished() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::new(dir.path().to_owned());

        let mut upload = files.create().await.unwrap();
        upload.write(b"hello ").await.unwrap();
        upload.write(b"world").await.unwrap();
        let Stored { id, bytes } = upload.finish().await.unwrap();
        assert_eq!(bytes, 11);
        assert_eq!(
            id.0,
            "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
        );
        assert!(files.open(&id).await.unwrap().is_some());
        assert_eq!(names(dir.path()), [id.0]);

        let mut unfinished = files.create().await.unwrap();
        unfinished.write(b"hel").await.unwrap();
        drop(unfinished);
        assert_eq!(names(dir.path()).len(), 1);
    }

    #[test]
    fn an_id_is_no_path() {
        let digits = "0123456789abcdef".repeat(4);
        assert!(FileId::try_from(digits.clone()).is_ok());
        for wrong in [
            "",
            "..",
            "../../etc/passwd",
            &digits[1..],
            &digits.to_uppercase(),
            &digits.replace('f', "/"),
        ] {
            assert!(FileId::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
