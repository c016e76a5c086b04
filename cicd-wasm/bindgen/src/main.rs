//! `cicd-wasm-bindgen <in.wasm> <directory>`: writes the module and the script that loads it, by the generator that the
//! lock file pins. A program of its own, so that other project commands don't wait for the generator to be built.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(module), Some(directory), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("accepted: the module and the directory to write to");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let done = bindgen
        .input_path(module)
        .out_name("rules")
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .web(true)
        .and_then(|bindgen| bindgen.generate(directory));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
