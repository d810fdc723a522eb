console.log('wip', process.version, process.argv.slice(2));
