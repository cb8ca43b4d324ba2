-- One database for each log, each service's copies, and the views. Run once, when the cluster is made.
CREATE DATABASE org;
CREATE DATABASE "org-views";
CREATE DATABASE "org-access";
CREATE DATABASE cadre;
CREATE DATABASE "cadre-views";
CREATE DATABASE "cadre-access";
CREATE DATABASE lecture;
CREATE DATABASE "lecture-access";
CREATE DATABASE hotline;
CREATE DATABASE "hotline-access";
CREATE DATABASE "projection";
CREATE DATABASE "projection-views";
CREATE DATABASE "projection-access";
CREATE DATABASE console;
