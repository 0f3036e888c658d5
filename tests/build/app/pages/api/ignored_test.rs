compile_error!("a test file is no route");
