//! Named blobs that modules ask for.

use super::elf::{ET_DYN, ET_EXEC};
use super::{Image, Target, Width};

const NAMES: [(&str, &str); 6] = [
    ("auxv", "procfs auxv_t array"),
    ("ehdr", "executable file GElf_Ehdr"),
    ("lwpstatus", "elf_prstatus of each thread"),
    ("psinfo", "elf_prpsinfo of the process"),
    ("pstatus", "elf_prstatus of the representative thread"),
    ("siginfo", "siginfo_t of the last signal"),
];

impl Target {
    /// Blobs of `mdb_get_xdata` that this target has, with a description each.
    pub fn xdata_names(&self) -> Vec<(&'static str, &'static str)> {
        NAMES.into_iter().filter(|(name, _)| self.xdata(name).is_some()).collect()
    }

    /// A blob of `mdb_get_xdata`: `auxv`, `ehdr`, `psinfo`, ...
    pub fn xdata(&self, name: &str) -> Option<Vec<u8>> {
        let process = &self.process;
        let blob = match name {
            "auxv" => process.auxv.clone(),
            "ehdr" => self.elf_header()?,
            "lwpstatus" => process.threads.iter().flat_map(|t| t.status.iter().copied()).collect(),
            "psinfo" => process.psinfo.clone(),
            "pstatus" => process.representative()?.status.clone(),
            "siginfo" => process.siginfo.clone(),
            _ => return None,
        };
        (!blob.is_empty()).then_some(blob)
    }

    /// The executable's ELF header as an `Elf64_Ehdr`, of 32-bit programs too. Where the
    /// executable is missing, the word size and the type at least are known.
    fn elf_header(&self) -> Option<Vec<u8>> {
        let executable = self.objects.iter().position(|object| object.executable);
        let image = executable.and_then(|index| self.images[index].as_ref());
        if image.is_none() && self.core.is_none() {
            return None;
        }
        Some(match (image, self.width) {
            (Some(image), Width::Bits64) => image.elf.slice(0, 64).to_vec(),
            (Some(image), Width::Bits32) => widened(image),
            (None, width) => bare(width),
        })
    }
}

/// Copies a 32-bit header field by field: from entry to section offset, addresses are widened.
fn widened(image: &Image) -> Vec<u8> {
    let narrow = image.elf.slice(0, 52);
    let mut header = narrow[..24].to_vec();
    for word in narrow[24..36].chunks_exact(4) {
        header.extend_from_slice(word);
        header.extend_from_slice(&[0; 4]);
    }
    header.extend_from_slice(&narrow[36..52]);
    header
}

fn bare(width: Width) -> Vec<u8> {
    let (class, machine) = match width {
        Width::Bits32 => (1, 3),
        Width::Bits64 => (2, 62),
    };
    let mut header = vec![0; 64];
    header[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1, 1]);
    header[16] = if width == Width::Bits32 { ET_EXEC } else { ET_DYN } as u8;
    header[18] = machine;
    header[20] = 1;
    header
}
