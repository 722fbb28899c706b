drop table sbom_dependencies;
drop table sbom_components;
drop table sboms;
