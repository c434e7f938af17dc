insert into source_rejection (source, line, field, sealed) values (1, 4, 'country', #bytes(0a));
