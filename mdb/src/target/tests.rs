use super::*;

#[test]
fn the_empty_target_reads_zeros() {
    let mut buf = [1; 4];
    assert_eq!(Target::none().read(0x1000, &mut buf), Ok(()));
    assert_eq!(buf, [0; 4]);
}
