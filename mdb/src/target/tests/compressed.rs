//! Compressed cores, packed by the tools that systemd-coredump's formats are of.

use super::*;

/// Packs a file with a tool, several streams in a row if `again`.
fn pack(core: &Path, tool: &[&str], extension: &str) -> PathBuf {
    let packed = core.with_extension(extension);
    let output = Command::new(tool[0]).args(&tool[1..]).arg("-c").arg(core).output();
    let output = output.unwrap_or_else(|why| panic!("{}: {why}; run `make setup`", tool[0]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(&packed, output.stdout).unwrap();
    packed
}

/// All bytes of all readable memory that the core itself has.
fn memory(target: &Target) -> Vec<(u64, Vec<u8>)> {
    let mut all = Vec::new();
    for mapping in target.mappings() {
        let mut bytes = vec![0; mapping.size as usize];
        if target.read(mapping.base, &mut bytes).is_ok() {
            all.push((mapping.base, bytes));
        }
    }
    all
}

#[test]
fn are_opened_like_others() {
    let dir = Dir::new();
    let program = dir.compile(&["-pie", "-fPIE"]);
    let Some((core, _)) = dir.crash(&program, "abort") else { return };
    let plain = Target::open(None, Some(&core)).unwrap();
    let wanted = memory(&plain);
    assert!(wanted.len() > 10, "{} mappings", wanted.len());
    for (tool, extension) in [
        (&["zstd", "-q"][..], "zst"),
        (&["zstd", "-q", "-19", "--long=27"], "long.zst"),
        (&["lz4", "-q"], "lz4"),
        (&["xz", "-0"], "xz"),
        (&["xz", "-1", "--check=sha256", "--block-size=65536"], "blocks.xz"),
    ] {
        let packed = pack(&core, tool, extension);
        let target = Target::open(None, Some(&packed)).unwrap();
        assert_eq!(target.warnings(), plain.warnings(), "{extension}");
        assert!(memory(&target) == wanted, "{extension}: other memory");
        assert_eq!(stack(&target, 1), stack(&plain, 1), "{extension}");
    }
}

#[test]
fn in_several_frames_are_one() {
    let dir = Dir::new();
    let program = dir.compile(&["-pie", "-fPIE"]);
    let Some((core, _)) = dir.crash(&program, "abort") else { return };
    let wanted = memory(&Target::open(None, Some(&core)).unwrap());
    let bytes = std::fs::read(&core).unwrap();
    let half = dir.path("half");
    let joined = dir.path("joined.zst");
    let mut all = Vec::new();
    for part in [&bytes[..bytes.len() / 2], &bytes[bytes.len() / 2..]] {
        std::fs::write(&half, part).unwrap();
        all.extend(std::fs::read(pack(&half, &["zstd", "-q"], "zst")).unwrap());
    }
    std::fs::write(&joined, all).unwrap();
    assert!(memory(&Target::open(None, Some(&joined)).unwrap()) == wanted);
}

#[test]
fn cut_off_are_opened_as_far_as_they_go() {
    let dir = Dir::new();
    let program = dir.compile(&["-pie", "-fPIE"]);
    let Some((core, _)) = dir.crash(&program, "abort") else { return };
    let plain = Target::open(None, Some(&core)).unwrap();
    let wanted = memory(&plain);
    for (tool, extension) in
        [(&["zstd", "-q"][..], "zst"), (&["lz4", "-q"], "lz4"), (&["xz", "-0"], "xz")]
    {
        let packed = pack(&core, tool, extension);
        let bytes = std::fs::read(&packed).unwrap();
        for part in [bytes.len() * 9 / 10, bytes.len() - 20, 40, 7] {
            std::fs::write(&packed, &bytes[..part]).unwrap();
            let damaged = format!("{}: its ", packed.display());
            match Target::open(None, Some(&packed)) {
                Ok(target) => {
                    let said = target.warnings().iter().any(|text| text.starts_with(&damaged));
                    assert!(said, "{extension} {part}: {:?}", target.warnings());
                }
                Err(why) => assert!(why.contains(&*packed.to_string_lossy()), "{why}"),
            }
        }
        // Bits that are wrong are found by the format's own sums, at the latest.
        for eighth in 1..8 {
            let mut wrong = bytes.clone();
            let at = wrong.len() * eighth / 8;
            wrong[at] ^= 0x10;
            std::fs::write(&packed, &wrong).unwrap();
            match Target::open(None, Some(&packed)) {
                Ok(target) => {
                    // Some bits change nothing: a copy may as well be of other zeros.
                    let told = target.warnings().len() > plain.warnings().len();
                    assert!(told || memory(&target) == wanted, "{extension}, byte {at}");
                }
                Err(why) => assert!(why.contains(&*packed.to_string_lossy()), "{why}"),
            }
        }
    }
}
