//! A test for each release line.

/// A test for each release that calls the function with its name. Those outside
/// of the spread that `make test` covers are run by `make matrix`.
#[allow(unused_macros)]
macro_rules! every_release {
    ($run:ident) => {
        every_release! {
            $run:
            #[ignore = "run by make matrix"] node_0_8 = "0.8.28";
            node_0_10 = "0.10.48";
            #[ignore = "run by make matrix"] node_0_12 = "0.12.18";
            #[ignore = "run by make matrix"] node_4 = "4.9.1";
            node_6 = "6.17.1";
            #[ignore = "run by make matrix"] node_8 = "8.17.0";
            #[ignore = "run by make matrix"] node_10 = "10.24.1";
            node_12 = "12.22.12";
            #[ignore = "run by make matrix"] node_14 = "14.21.3";
            #[ignore = "run by make matrix"] node_16 = "16.20.2";
            #[ignore = "run by make matrix"] node_18 = "18.20.8";
            node_20 = "20.20.2";
            #[ignore = "run by make matrix"] node_22 = "22.23.3";
            node_24 = "24.21.0";
            node_26 = "26.10.0";
        }
    };
    ($run:ident: $($(#[$meta:meta])? $test:ident = $name:literal;)*) => {
        $(#[test]
        $(#[$meta])?
        fn $test() {
            $run($name);
        })*
    };
}
