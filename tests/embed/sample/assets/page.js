console.log("a \" b");
