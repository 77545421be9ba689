/**
 * From the hospital to the gradient: studies are sent to an Orthanc server while a run trains, and
 * everything on the way is killed once. Read {@link io.hybnext.tests.hospital.Hospital} first.
 */
package io.hybnext.tests.hospital;
