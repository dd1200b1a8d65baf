//! Compressed cores, as systemd-coredump and others keep them: unpacked, as they are
//! read, into a file that has no name and that nobody else can open.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Bytes that are written, or left out because all are zero, at once.
const BLOCK: usize = 1 << 16;
/// How long it takes until progress is shown, and how often then.
const PATIENCE: Duration = Duration::from_secs(1);

/// A format, known by the first bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zstd,
    Lz4,
    Xz,
}

/// An unpacked file, and why it may be only a part of what was packed.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub(super) file: File,
    pub(super) damage: Option<String>,
}

impl Format {
    /// The format of a file that begins like this.
    pub(super) fn of(bytes: &[u8]) -> Option<Format> {
        const MAGIC: [(&[u8], Format); 3] = [
            (b"\x28\xb5\x2f\xfd", Format::Zstd),
            (b"\x04\x22\x4d\x18", Format::Lz4),
            (b"\xfd7zXZ\0", Format::Xz),
        ];
        MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, format)| *format)
    }

    fn name(self) -> &'static str {
        match self {
            Format::Zstd => "zstd",
            Format::Lz4 => "lz4",
            Format::Xz => "xz",
        }
    }

    fn reader<'a>(self, bytes: &'a [u8]) -> Box<dyn Read + 'a> {
        match self {
            Format::Zstd => Box::new(ZstdFrames { rest: bytes, frame: None }),
            Format::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(bytes)),
            Format::Xz => Box::new(lzma_rust2::XzReader::new(bytes, true)),
        }
    }

    /// Unpacks a file that messages call `name`. What comes before damage is kept.
    pub(super) fn unpack(self, bytes: &[u8], name: &str) -> Result<Unpacked, String> {
        let dir = directory();
        let failed = |why: io::Error| {
            let why = super::elf::os_text(&why);
            format!("failed to unpack {name} in {}: {why}", dir.display())
        };
        let mut file = tempfile::tempfile_in(&dir).map_err(failed)?;
        let mut reader = self.reader(bytes);
        let mut progress = Progress::new(name);
        let mut block = vec![0; BLOCK];
        let (mut len, mut damage) = (0u64, None);
        while damage.is_none() {
            let filled = match fill(&mut reader, &mut block) {
                (0, None) => break,
                (filled, why) => {
                    damage = why.map(|why| {
                        format!("{name}: its {} data is damaged or cut off: {why}", self.name())
                    });
                    filled
                }
            };
            let data = &block[..filled];
            // Most of a core is memory that was never used: it need not take space.
            let written = if data.iter().all(|byte| *byte == 0) {
                file.seek(SeekFrom::Current(filled as i64)).map(|_| ())
            } else {
                file.write_all(data)
            };
            written.map_err(failed)?;
            len += filled as u64;
            progress.show(len);
        }
        progress.clear();
        file.set_len(len).map_err(failed)?;
        Ok(Unpacked { file, damage })
    }
}

/// Where large files may lie for a while: /tmp is often kept in memory.
fn directory() -> PathBuf {
    std::env::var_os("TMPDIR").map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from)
}

/// Reads until a block is full, the data ends, or an error.
fn fill(reader: &mut dyn Read, block: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < block.len() {
        match reader.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return (filled, Some(why)),
        }
    }
    (filled, None)
}

/// The decoder reads one frame; several in a row are one file.
struct ZstdFrames<'a> {
    rest: &'a [u8],
    frame: Option<ZstdFrame<'a>>,
}

type ZstdFrame<'a> = ruzstd::decoding::StreamingDecoder<&'a [u8], ruzstd::decoding::FrameDecoder>;

impl Read for ZstdFrames<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                match frame.read(buf)? {
                    0 => {}
                    read => return Ok(read),
                }
            }
            if let Some(frame) = self.frame.take() {
                // The decoder reads and computes the sum, but does not compare.
                let (said, found) = (
                    frame.decoder.get_checksum_from_data(),
                    frame.decoder.get_calculated_checksum(),
                );
                self.rest = frame.into_inner();
                if said.is_some() && said != found {
                    self.rest = &[];
                    return Err(io::Error::other("its checksum differs"));
                }
            }
            if self.rest.is_empty() {
                return Ok(0);
            }
            let frame = ZstdFrame::new(self.rest).map_err(io::Error::other)?;
            self.frame = Some(frame);
        }
    }
}

/// How much was unpacked, on a terminal.
struct Progress<'a> {
    name: &'a str,
    next: Instant,
    shown: bool,
}

impl Progress<'_> {
    fn new(name: &str) -> Progress<'_> {
        Progress { name, next: Instant::now() + PATIENCE, shown: false }
    }

    fn show(&mut self, len: u64) {
        if Instant::now() < self.next || !io::stderr().is_terminal() {
            return;
        }
        self.next = Instant::now() + PATIENCE;
        self.shown = true;
        eprint!("\rmdb: unpacking {}: {} MB\x1b[K", self.name, len >> 20);
    }

    fn clear(&self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}
